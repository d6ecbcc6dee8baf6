/** The script of each shell: it asks the program, which knows its commands and this workspace. */
export const completionScripts = {
  bash: `_goal_agent() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(goal-agent complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _goal_agent goal-agent
`,
  zsh: `#compdef goal-agent
_goal_agent() {
  local -a found
  found=("\${(@f)$(goal-agent complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _goal_agent goal-agent
`,
  fish: `function __goal_agent_complete
  set -l typed (commandline -opc) (commandline -ct)
  goal-agent complete -- $typed[2..-1] 2>/dev/null
end
complete -c goal-agent -f -a '(__goal_agent_complete)'
complete -c goal-agent -s f -l file -r -F
`,
};
