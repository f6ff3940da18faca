# SPDX-License-Identifier: GPL-2.0-only
# bash completion for kvas(1).  Commands, options, columns and names are asked of
# kvas itself, so that they are those of the installed version.

# Lines of words that begin with $cur, into COMPREPLY; blanks in them survive.
_kvas_offer()
{
	mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
}

# The options that the help text of a command lists.
_kvas_options()
{
	"$1" ${2:+"$2"} --help 2>/dev/null | sed -nE \
		-e 's/^ (-[A-Za-z]), (--[a-z-]+).*/\1\n\2/p' -e 's/^ +(--[a-z-]+).*/\1/p'
}

_kvas_commands()
{
	"$1" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^ \([a-z]*\) .*/\1/p'
}

# The columns of the table that these options ask for.
_kvas_columns()
{
	"$@" --list-columns --raw 2>/dev/null
}

# Of regions and sections, of which the list of explain comes first.
_kvas_regions()
{
	echo lowmem
	"$1" explain 2>/dev/null | sed -n '/^$/q;s/^\([a-z][a-z0-9_]*\)  .*/\1/p'
}

_kvas_names()
{
	echo lowmem
	"$1" explain 2>/dev/null | sed -n 's/^\([a-z][a-z0-9_]*\)  .*/\1/p'
}

# The numbers of all.
_kvas_processes()
{
	local dir
	for dir in /proc/[0-9]*; do
		printf '%s\n' "${dir#/proc/}"
	done
}

_kvas()
{
	local kvas=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local commands command= word before own=() i
	commands=" $(_kvas_commands "$kvas" | tr '\n' ' ')"

	# bash takes the = in --color=auto for a word of its own.
	if [[ $cur == = ]]; then
		cur=
		prev=${COMP_WORDS[COMP_CWORD-1]}
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	# Which command it is, and which of its tables.
	for ((i = 1; i < COMP_CWORD; i++)); do
		before=${COMP_WORDS[i-1]}
		word=${COMP_WORDS[i]}
		case $word in
		--facts|--witnesses|--reasons|--runs|--safety|--stacks|--cpus|--grade|--each) own+=("$word") ;;
		--config|--since|--shared) own+=("$word=x") ;;
		-p*|--process) own+=(--process=x) ;;
		esac
		case $before in
		-f|--file|--sysroot|-o|--output|=|--config|--arch|--release|--cmdline|--ram|\
		--va-bits|--pa-bits|--mmu|--only|--zoom|--access|--from|--to|--mappings|--threads|--since|--source|\
		-p|--process|--shared|--answers|--result|--name|--seed|--lab-dir|--format|--theme|--width|--scale|--lang|--walk|--with|--predicted)
			continue ;;
		esac
		[[ -z $command && $commands == *" $word "* ]] && command=$word
	done

	COMPREPLY=()
	case $prev in
	-f|--file|--config|--mappings|--threads|--since|--answers|--result|--with|--predicted)
		compopt -o filenames 2>/dev/null
		_kvas_offer -f
		return ;;
	--sysroot|--lab-dir)
		compopt -o filenames 2>/dev/null
		_kvas_offer -d
		return ;;
	-o|--output)
		compopt -o nospace 2>/dev/null
		before=
		[[ $cur == +* ]] && before=+
		[[ $cur == *,* ]] && before=${cur%,*},
		cur=${cur#"$before"}
		_kvas_offer -P "$before" -W \
			"$(_kvas_columns "$kvas" ${command:+"$command"} "${own[@]}")"
		return ;;
	--color)
		_kvas_offer -W 'auto always never'
		return ;;
	--arch)
		_kvas_offer -W 'x86_64 i386 arm64 arm riscv64 ppc64 loongarch64'
		return ;;
	--source)
		_kvas_offer -W 'module kcore'
		[[ ${COMPREPLY[*]} ]] && return
		compopt -o filenames 2>/dev/null
		_kvas_offer -f
		return ;;
	--mmu)
		_kvas_offer -W 'radix hash'
		return ;;
	--only)
		_kvas_offer -W 'user kernel'
		return ;;
	--zoom)
		_kvas_offer -W "$(_kvas_regions "$kvas")"
		return ;;
	--from|--to)
		[[ $command == draw ]] && _kvas_offer -W "$(_kvas_regions "$kvas")"
		return ;;
	--stacks)
		[[ $command == draw ]] && _kvas_offer -W "self $(_kvas_processes)"
		return ;;
	--format)
		_kvas_offer -W 'svg png pdf txt html'
		return ;;
	--theme)
		_kvas_offer -W 'light dark print'
		return ;;
	--lang)
		_kvas_offer -W 'en'
		return ;;
	--summary)
		_kvas_offer -W 'auto never always only'
		return ;;
	--access)
		_kvas_offer -W '+x +w,+x +u +U -x -w'
		return ;;
	-p|--process|--shared)
		_kvas_offer -W "self $(_kvas_processes)"
		return ;;
	--release|--cmdline|--ram|--va-bits|--pa-bits|--name|--seed|--width|--scale|--walk)
		return ;;
	esac
	if [[ $cur == -* ]]; then
		_kvas_offer -W "$(_kvas_options "$kvas" "$command")"
		return
	fi
	case $command in
	'')
		_kvas_offer -W "$commands" ;;
	explain|get)
		_kvas_offer -W "$(_kvas_names "$kvas")" ;;
	user)
		_kvas_offer -W "self $(_kvas_processes)" ;;
	show|mappings)
		_kvas_offer -W "$(_kvas_regions "$kvas")" ;;
	where)
		[[ " ${COMP_WORDS[*]} " == *" --annotate "* ]] || return
		compopt -o filenames 2>/dev/null
		_kvas_offer -f ;;
	lab)
		if [[ " ${COMP_WORDS[*]} " == *" --grade "* || " ${COMP_WORDS[*]} " == *" --check "* ]]; then
			compopt -o filenames 2>/dev/null
			_kvas_offer -f
			return
		fi
		_kvas_offer -W "$("$kvas" lab -rno EXERCISE 2>/dev/null)" ;;
	save|diff|check|predict|draw)
		compopt -o filenames 2>/dev/null
		_kvas_offer -f ;;
	esac
}

complete -F _kvas kvas
