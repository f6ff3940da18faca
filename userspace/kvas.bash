# SPDX-License-Identifier: GPL-2.0-only
# bash completion for kvas(1).  Options, columns and names are asked of kvas
# itself, so that they are those of the installed version.

# The options that the help text of a command lists.
_kvas_options()
{
	"$1" ${2:+"$2"} --help 2>/dev/null |
		grep -oE '^ +(-[A-Za-z], )?--[a-z-]+' | grep -oE -- '--?[A-Za-z-]+$|^ -[A-Za-z]'
}

_kvas_columns()
{
	"$1" ${2:+"$2"} --help 2>/dev/null | sed -n 's/^  *\([A-Z][A-Z_.]*\)  .*/\1/p' | sort -u
}

_kvas()
{
	local kvas=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local commands command= word before i
	commands=$("$kvas" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^ \([a-z]*\) .*/\1/p')

	# bash takes the = in --color=auto for a word of its own.
	if [[ $cur == = ]]; then
		cur=
		prev=${COMP_WORDS[COMP_CWORD-1]}
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		before=${COMP_WORDS[i-1]}
		word=${COMP_WORDS[i]}
		[[ $before == -f || $before == --file || $before == --sysroot ||
		   $before == -o || $before == --output || $before == = ||
		   $before == --config ]] && continue
		[[ " ${commands//$'\n'/ } " == *" $word "* ]] && command=$word && break
	done

	COMPREPLY=()
	case $prev in
	-f|--file|--config)
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$cur"))
		return ;;
	--sysroot)
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -d -- "$cur"))
		return ;;
	-o|--output)
		compopt -o nospace 2>/dev/null
		before=
		[[ $cur == +* ]] && before=+
		[[ $cur == *,* ]] && before=${cur%,*},
		COMPREPLY=($(compgen -P "$before" -W "$(_kvas_columns "$kvas" "$command")" -- "${cur#"$before"}"))
		return ;;
	--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
		return ;;
	--mmu)
		COMPREPLY=($(compgen -W 'radix hash' -- "$cur"))
		return ;;
	--summary)
		COMPREPLY=($(compgen -W 'auto never always only' -- "$cur"))
		return ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$(_kvas_options "$kvas" "$command")" -- "$cur"))
		return
	fi
	case $command in
	'')
		COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
	explain)
		COMPREPLY=($(compgen -W "lowmem $("$kvas" explain 2>/dev/null |
			sed -n 's/^\([a-z][a-z0-9_]*\)  .*/\1/p')" -- "$cur")) ;;
	save|diff|check|predict)
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$cur")) ;;
	esac
}

complete -F _kvas kvas
