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
