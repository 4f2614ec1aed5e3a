/**
 * The guardian of the terminal: a small process that puts the terminal's modes back when unwedge is SIGKILLed.
 *
 * Whatever else ends unwedge, it restores the terminal itself. A SIGKILL it cannot answer. bash restores the modes
 * when its own job dies of a signal; when something stands between (`deno task` does, and exits with 137) nobody does,
 * and the shell goes on without echo (seen in tmux with bash 5.2). The guardian waits at a pipe whose other end only
 * unwedge holds, and the kernel closes that end before the parent can learn of the death.
 *
 * Invariant: it touches the terminal only if it finds it exactly as unwedge had left it. If a shell has set modes of its
 * own by then (readline does, with every prompt), they are the shell's business.
 *
 * It is written in Perl, which every Linux distribution and macOS bring along, because looking and setting must not be
 * apart: a shell has to start `stty` for each, about 1 ms, in which bash draws its prompt and has its modes torn away
 * (seen). Without perl there is no guardian.
 *
 * @module
 */

/**
 * Reads lines: `raw PID` says that the terminal is ours now and which process reads keys, `cooked` that it is not.
 * Signals of the terminal go to the whole foreground group, so it must ignore them.
 */
const WATCH = `
use POSIX ();
$SIG{$_} = 'IGNORE' for qw(INT QUIT TSTP TTIN TTOU HUP PIPE);
open(my $tty, '+<', '/dev/tty') or exit 3;
sub modes { my $t = POSIX::Termios->new; defined $t->getattr(fileno $tty) ? $t : undef }
sub text {
  my $t = shift or return '';
  join ':', $t->getiflag, $t->getoflag, $t->getlflag, map { $t->getcc($_) } 0 .. POSIX::NCCS() - 1
}
my $saved = modes() or exit 3;
my ($ours, $reader) = ('', 0);
syswrite STDOUT, "ready\\n";
close STDOUT;
while (my $line = <STDIN>) {
  my ($state, $pid) = split ' ', $line;
  $ours = $state eq 'raw' ? text(modes()) : '';
  $reader = $pid if $state eq 'raw';
  $saved = modes() // $saved if $state eq 'save';
}
exit 0 if $ours eq '';
$saved->setattr(fileno $tty, POSIX::TCSANOW()) if text(modes()) eq $ours;
kill 'KILL', $reader;
`;

/** A guardian at work. */
export interface Guardian extends AsyncDisposable {
  /** The terminal is in our mode now, and `readerPid` reads from it. */
  took(readerPid: number): void;
  /** The terminal is as it was. */
  gaveBack(): void;
  /** The terminal was somebody else's for a while: what is to be put back is what it is now. */
  save(): void;
}

/**
 * Sets a guardian beside this process. It knows the terminal's modes when this returns. Null when there can be none:
 * no process can be had, or there is no controlling terminal; then nothing is lost but the restoration after SIGKILL.
 */
export async function startGuardian(): Promise<Guardian | null> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("perl", {
      args: ["-e", WATCH, "unwedge-guardian"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch {
    return null;
  }
  const ready = await new Response(child.stdout).text();
  const lines = child.stdin.getWriter();
  // Writing to one that has gone fails, and that is all right: it has nothing to guard any more.
  lines.closed.catch(() => {});
  const tell = (line: string) => {
    lines.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  };
  const end = async () => {
    await lines.close().catch(() => {});
    await child.status;
  };
  if (ready !== "ready\n") {
    await end();
    return null;
  }
  return {
    took: (readerPid) => tell(`raw ${readerPid}`),
    gaveBack: () => tell("cooked"),
    save: () => tell("save"),
    [Symbol.asyncDispose]: end,
  };
}
