package main

import (
	"slices"
	"strings"
	"text/template"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the script by which a shell completes commands and flags",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: `The script knows the commands and flags of this version and does not run
boundlint. For the shell that is open:

  source <(boundlint completion bash)
  source <(boundlint completion zsh)
  boundlint completion fish | source
  boundlint completion powershell | Out-String | Invoke-Expression`,
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			source, ok := completionScripts[shell]
			switch {
			case shell == "" || c.Args().Len() > 1:
				return usagef("boundlint completion needs the name of one shell: bash, zsh, fish or powershell")
			case !ok:
				return usagef("there is no completion for %s%s", shell, lint.Suggest(shell, []string{"bash", "zsh", "fish", "powershell"}))
			}
			script, err := template.New(shell).Parse(source)
			if err != nil {
				return err
			}
			return script.Execute(p.stdout, completionOf(c.App.Commands))
		},
	}
}

// completion is what scripts complete. Names of commands, flags, rules and formats
// are letters, digits and dashes, which no shell reads otherwise.
type completion struct {
	Commands []completed
	// Words are what stands after a command: its own commands, the rules after explain.
	Words map[string]string
	// Values are those of flags that take one of a few.
	Values map[string]string
	// Others are the flags that take any other value, such as a file.
	Others []string
}

// completed is a command and its flags.
type completed struct {
	Name, About string
	Flags       []completedFlag
}

// completedFlag is a flag. Short is "" for none.
type completedFlag struct {
	Name, Short string
	TakesValue  bool
}

// Names are the names of the commands.
func (c completion) Names() string { return c.join(" ") }

// Cases are the names of the commands as a pattern of a shell.
func (c completion) Cases() string { return c.join("|") }

// OtherCases are the flags that take any other value, as a pattern of a shell.
func (c completion) OtherCases() string { return strings.Join(c.Others, "|") }

func (c completion) join(separator string) string {
	var names []string
	for _, command := range c.Commands {
		names = append(names, command.Name)
	}
	return strings.Join(names, separator)
}

// List are the flags of a command as they are written.
func (c completed) List() string {
	var flags []string
	for _, f := range c.Flags {
		flags = append(flags, "--"+f.Name)
	}
	return strings.Join(append(flags, "--help"), " ")
}

func completionOf(commands []*cli.Command) completion {
	out := completion{
		Words: map[string]string{
			"completion": "bash zsh fish powershell", "explain": strings.Join(slices.Concat(ruleIDs(), techniqueIDs()), " "),
		},
		Values: map[string]string{
			"format": strings.Join(report.Names(), " "), "fail-on": "error warning note none",
			"color": "auto always never",
		},
	}
	for _, c := range commands {
		flags := c.Flags
		for _, sub := range c.Subcommands {
			flags = slices.Concat(flags, sub.Flags)
			out.Words[c.Name] = strings.TrimSpace(out.Words[c.Name] + " " + sub.Name)
		}
		one := completed{Name: c.Name, About: strings.ReplaceAll(c.Usage, "'", "")}
		for _, f := range flags {
			flag := completedFlagOf(f)
			if slices.ContainsFunc(one.Flags, func(g completedFlag) bool { return g.Name == flag.Name }) {
				continue // another command below has it, too
			}
			one.Flags = append(one.Flags, flag)
			if flag.TakesValue && out.Values[flag.Name] == "" {
				out.Others = append(out.Others, flag.written()...)
			}
		}
		out.Commands = append(out.Commands, one)
	}
	slices.Sort(out.Others)
	out.Others = slices.Compact(out.Others)
	return out
}

func completedFlagOf(f cli.Flag) completedFlag {
	documented, ok := f.(cli.DocGenerationFlag)
	flag := completedFlag{TakesValue: ok && documented.TakesValue()}
	for _, n := range f.Names() {
		switch {
		case len(n) == 1:
			flag.Short = n
		case flag.Name == "":
			flag.Name = n
		}
	}
	return flag
}

// written is a flag as it is written, long and short.
func (f completedFlag) written() []string {
	if f.Short == "" {
		return []string{"--" + f.Name}
	}
	return []string{"--" + f.Name, "-" + f.Short}
}

// completionScripts are templates of a completion, by shell.
var completionScripts = map[string]string{
	"bash": `# bash completion of boundlint
_boundlint() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command='' word words=''
  # bash takes --flag=value apart at the =.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' && $COMP_CWORD -gt 2 ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      {{.Cases}}) command=$word; break ;;
    esac
  done
  case $previous in
{{- range $flag, $values := .Values}}
    --{{$flag}}) words='{{$values}}' ;;
{{- end}}
    {{.OtherCases}}) ;; # files, by default
    *)
      case $current in
        -*)
          case ${command:-lint} in
{{- range .Commands}}
            {{.Name}}) words='{{.List}}' ;;
{{- end}}
          esac ;;
        *)
          case $command in
            '') words='{{.Names}}' ;;
{{- range $command, $words := .Words}}
            {{$command}}) words='{{$words}}' ;;
{{- end}}
          esac ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _boundlint boundlint
`,
	"zsh": `#compdef boundlint
_boundlint() {
  local command='' word previous=$words[CURRENT-1]
  if [[ $words[CURRENT] == --*=* ]]; then
    previous=${words[CURRENT]%%=*}
    compset -P '*='
  fi
  for word in ${words[2,CURRENT-1]}; do
    case $word in
      ({{.Cases}}) command=$word; break ;;
    esac
  done
  case $previous in
{{- range $flag, $values := .Values}}
    (--{{$flag}}) compadd -- {{$values}}; return ;;
{{- end}}
    ({{.OtherCases}}) _files; return ;;
  esac
  if [[ $words[CURRENT] == -* ]]; then
    case ${command:-lint} in
{{- range .Commands}}
      ({{.Name}}) compadd -- {{.List}} ;;
{{- end}}
    esac
    return
  fi
  case $command in
    ('') compadd -- {{.Names}} ;;
{{- range $command, $words := .Words}}
    ({{$command}}) compadd -- {{$words}} ;;
{{- end}}
  esac
  _files
}
if [[ $funcstack[1] == _boundlint ]]; then
  _boundlint
else
  compdef _boundlint boundlint
fi
`,
	"fish": `# fish completion of boundlint
function __boundlint_command
  for word in (commandline -opc)[2..-1]
    if contains -- $word {{.Names}}
      echo $word
      return
    end
  end
end
function __boundlint_is
  set -l command (__boundlint_command)
  test "$command" = "$argv[1]"; or test -z "$command" -a "$argv[1]" = lint
end
{{- range .Commands}}
complete -c boundlint -n 'test -z (__boundlint_command)' -a {{.Name}} -d '{{.About}}'
{{- $command := .Name}}
{{- range .Flags}}
{{- $values := index $.Values .Name}}
complete -c boundlint -n '__boundlint_is {{$command}}' -l {{.Name}}
{{- with .Short}} -s {{.}}{{end}}{{if .TakesValue}} -r{{end}}{{with $values}} -f -a '{{.}}'{{end}}
{{- end}}
{{- end}}
{{- range $command, $words := .Words}}
complete -c boundlint -n '__boundlint_is {{$command}}' -a '{{$words}}'
{{- end}}
`,
	"powershell": `# PowerShell completion of boundlint
Register-ArgumentCompleter -Native -CommandName boundlint -ScriptBlock {
  param($current, $ast, $position)
  $flags = @{
{{- range .Commands}}
    '{{.Name}}' = '{{.List}}'
{{- end}}
  }
  $words = @{
    '' = '{{.Names}}'
{{- range $command, $words := .Words}}
    '{{$command}}' = '{{$words}}'
{{- end}}
  }
  $values = @{
{{- range $flag, $values := .Values}}
    '--{{$flag}}' = '{{$values}}'
{{- end}}
{{- range .Others}}
    '{{.}}' = ''
{{- end}}
  }
  $before = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "$_" })
  $command = "$($before | Select-Object -Skip 1 | Where-Object { $flags.ContainsKey($_) } | Select-Object -First 1)"
  $list = if ($before.Count -gt 0 -and $values.ContainsKey($before[-1])) { $values[$before[-1]] }
    elseif ("$current".StartsWith('-')) { $flags[$(if ($command) { $command } else { 'lint' })] }
    else { $words[$command] }
  "$list".Split(' ') | Where-Object { $_ -and $_.StartsWith("$current") } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`,
}
