/**
 * The guardian of the terminal: a small process that puts the terminal's modes back when unwedge is SIGKILLed.
 *
 * Whatever else ends unwedge, it restores the terminal itself. A SIGKILL it cannot answer. bash restores the modes
 * when its own job dies of a signal; when something stands between (`deno task` does, and exits with 137) nobody does,
 * and the shell goes on without echo (seen in tmux with bash 5.2). The guardian learns of the death in two ways, and the
 * earlier counts: the kernel's signal for the death of the thread that started it, which is unwedge's first and mostly
 * dies before its memory is taken down; and the end of a pipe that only unwedge holds.
 *
 * It must be quicker than the shell, whose prompt takes the modes that it finds for those to give to every command. By
 * the pipe alone the shell won 1 of 30 races on an idle machine; with the signal 0 of 150, and 2 of 120 with both cores
 * busy. So it stays until the modes of a shell show that it found the right ones, or nothing has changed for a second;
 * a minute at most. As long as the shell's come from ours, the first command that is given ours gets them put back.
 *
 * Invariant: it changes the terminal only while that is exactly as unwedge had left it. If a shell has set modes of its
 * own (readline does, with every prompt), they are the shell's business.
 *
 * It is written in Perl, which every Linux distribution and macOS bring along, because looking and setting must not be
 * apart: a shell has to start `stty` for each, about 1 ms, in which bash draws its prompt and has its modes torn away
 * (seen). Without perl there is no guardian.
 *
 * @module
 */

/**
 * Reads lines: `raw PID` says that the terminal is ours now and which process reads keys, `cooked` that it is not, `save`
 * that its modes are those to be put back. Each is answered when it is done.
 * Signals of the terminal go to the whole foreground group, so it must ignore them.
 */
const WATCH = `
use POSIX ();
$SIG{$_} = 'IGNORE' for qw(INT QUIT TSTP TTIN TTOU HUP PIPE);
$| = 1;
open(my $tty, '+<', '/dev/tty') or exit 3;
sub modes { my $t = POSIX::Termios->new; defined $t->getattr(fileno $tty) ? $t : undef }
sub text {
  my $t = shift or return '';
  join ':', $t->getiflag, $t->getoflag, $t->getlflag, map { $t->getcc($_) } 0 .. POSIX::NCCS() - 1
}
my $saved = modes() or exit 3;
my ($ours, $reader) = (undef, 0);
sub flags { my $t = shift; ($t->getiflag, $t->getlflag) }
# Whether these modes, a shell's, were made from the ones to be put back: they have some of what cbreak takes away.
sub from_saved {
  my ($now, $raw, $sane) = @_;
  for (0 .. 1) { return 1 if ((flags($now))[$_] ^ (flags($raw))[$_]) & ((flags($sane))[$_] ^ (flags($raw))[$_]) }
  0
}
sub died {
  exit 0 unless $ours;
  my ($looks, $still, $prompted) = (12_000, 0, 0);
  while ($looks--) {
    my $now = modes() or last;
    if (text($now) eq text($ours)) {
      $saved->setattr(fileno $tty, POSIX::TCSANOW());
      last if $prompted; # It was given to a command, which may be another unwedge: what it sets is its own affair.
    }
    elsif (text($now) eq text($saved)) { last if $still++ == 200 }
    elsif (from_saved($now, $ours, $saved)) { last }
    else { $prompted = 1 }
    kill 'KILL', $reader if $reader;
    $reader = 0;
    select undef, undef, undef, 0.005;
  }
  kill 'KILL', $reader if $reader;
  exit 0;
}
# prctl(PR_SET_PDEATHSIG, SIGUSR1), by the number that it has on this processor.
my $prctl = {x86_64 => 157, aarch64 => 167}->{(POSIX::uname())[4]};
if ($^O eq 'linux' && $prctl) {
  $SIG{USR1} = \\&died;
  syscall $prctl, 1, POSIX::SIGUSR1(), 0, 0, 0;
}
print "ready\\n";
while (my $line = <STDIN>) {
  my ($state, $pid) = split ' ', $line;
  $reader = $pid if $state eq 'raw';
  $ours = $state eq 'raw' ? modes() : undef;
  $saved = modes() // $saved if $state eq 'save';
  print "$state\\n";
}
died();
`;

/** A guardian at work. What is told to it holds when the promise resolves; none is ever rejected. */
export interface Guardian extends AsyncDisposable {
  /** The terminal is in our mode now, and `readerPid` reads from it. */
  took(readerPid: number): Promise<void>;
  /** The terminal is as it was. */
  gaveBack(): Promise<void>;
  /** The terminal was somebody else's for a while: what is to be put back is what it is now. */
  save(): Promise<void>;
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
  const lines = child.stdin.getWriter();
  const answers = child.stdout.getReader();
  // Writing to one that has gone fails, and that is all right: it has nothing to guard any more.
  lines.closed.catch(() => {});
  let answered = answers.read();
  /** One after the other, so that each gets its own answer. */
  const tell = async (line: string) => {
    answered = answered.then(async () => {
      await lines.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
      return await answers.read();
    });
    await answered;
  };
  const end = async () => {
    await lines.close().catch(() => {});
    await child.status;
    await answers.cancel();
  };
  if ((await answered).done) {
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
