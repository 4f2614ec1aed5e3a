/**
 * The completion script for fish (3.0 and later).
 *
 * @module
 */

/**
 * The script.
 *
 * @param fallback a shell command that calls unwedge, for when the word that was typed is no command
 */
export function fishScript(fallback: string): string {
  return `# Completion of unwedge for fish. In ~/.config/fish/config.fish:
#   unwedge completions fish | source
# or, once:
#   unwedge completions fish > ~/.config/fish/completions/unwedge.fish

function __unwedge_call
    if type -q $argv[1]
        $argv </dev/null 2>/dev/null
    else
        ${fallback} $argv[2..-1] </dev/null 2>/dev/null
    end
end

function __unwedge_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (__unwedge_call $typed[1] __complete $typed[2..-1] "$current")
    set -l mode $lines[1]
    string join \\n -- $lines[2..-1]
    if contains -- "$mode" files directories
        set -l lead (string match -r '^--[^=]*=' -- $current; or echo)
        set -l path (string replace -r '^--[^=]*=' '' -- $current)
        if test $mode = files
            string join \\n -- $lead(__fish_complete_path $path)
        else
            string join \\n -- $lead(__fish_complete_directories $path '')
        end
    end
end

complete -c unwedge -e
complete -c unwedge -f -k -a '(__unwedge_complete)'
`;
}
