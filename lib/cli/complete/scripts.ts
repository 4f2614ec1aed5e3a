/**
 * The completion script for bash (3.2 and later, so no `mapfile` and no negative subscripts).
 *
 * @module
 */

/**
 * The script.
 *
 * @param fallback a shell command that calls unwedge, for when the word that was typed is an alias
 */
export function bashScript(fallback: string): string {
  return `# Completion of unwedge for bash. In ~/.bashrc:
#   source <(unwedge completions bash)

_unwedge_call() {
  case $(type -t -- "$1") in
  file | function) "$@" ;;
  *) shift && ${fallback} "$@" ;;
  esac </dev/null 2>/dev/null
}

_unwedge() {
  # Readline cuts words at = and :, unwedge does not: they are put together again along the line.
  local -a words=()
  local rest=\${COMP_LINE:0:COMP_POINT} word current lead i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $rest =~ ^[[:space:]]+ ]] || ((i == 0)); then
      rest=\${rest#"\${BASH_REMATCH[0]-}"}
      words+=("")
    fi
    # The word under the cursor counts up to the cursor.
    ((i < COMP_CWORD)) || word=$rest
    rest=\${rest#"$word"}
    words[\${#words[@]} - 1]+=$word
  done
  current=\${words[\${#words[@]} - 1]}

  # What readline will replace is only what follows the last = or :.
  lead=\${current%"$word"}
  [[ $word == [=:]* ]] && lead=$current

  local mode="" line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $mode ]]; then
      mode=$line
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$lead"}")
    fi
  done < <(_unwedge_call "$1" __complete "\${words[@]:1}")

  local path=\${current#"$lead"} kind=""
  case $mode in
  files) kind=-f ;;
  directories) kind=-d ;;
  open) compopt -o nospace 2>/dev/null ;;
  esac
  if [[ -n $kind ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$path")
  fi
}

complete -F _unwedge unwedge
`;
}

/**
 * The script.
 *
 * @param fallback a shell command that calls unwedge, for when the word that was typed is an alias
 */
export function zshScript(fallback: string): string {
  return `#compdef unwedge
# Completion of unwedge for zsh. In ~/.zshrc:
#   source <(unwedge completions zsh)
# or, once:
#   unwedge completions zsh > "\${fpath[1]}/_unwedge"

_unwedge_call() {
  if (( $+commands[$1] || $+functions[$1] )) || [[ -x $1 ]]; then
    "$@"
  else
    shift
    ${fallback} "$@"
  fi </dev/null 2>/dev/null
}

_unwedge() {
  local -a typed lines described
  local line value about
  typed=("\${(@Q)words[2,CURRENT-1]}")
  lines=("\${(@f)$(_unwedge_call "$words[1]" __complete "\${typed[@]}" "\${(Q)PREFIX}")}")
  for line in "\${(@)lines[2,-1]}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    about=""
    [[ $line == *$'\\t'* ]] && about=\${line#*$'\\t'}
    described+=("\${value//:/\\\\:}\${about:+:$about}")
  done
  local ret=1
  if (( $#described )); then
    if [[ $lines[1] == open ]]; then
      _describe -t unwedge unwedge described -S '' && ret=0
    else
      _describe -t unwedge unwedge described && ret=0
    fi
  fi
  case $lines[1] in
    files | directories)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      if [[ $lines[1] == files ]]; then _files && ret=0; else _files -/ && ret=0; fi
      ;;
  esac
  return ret
}

if [[ \${funcstack[1]-} == _unwedge ]]; then
  _unwedge "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _unwedge unwedge
fi
`;
}

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
