/**
 * The completion script for zsh: to be sourced, or to be put into `$fpath` as `_unwedge`.
 *
 * @module
 */

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
