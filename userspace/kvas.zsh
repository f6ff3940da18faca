#compdef kvas
# SPDX-License-Identifier: GPL-2.0-only
# zsh completion for kvas(1), installed as _kvas.  Commands, options, columns and
# names are asked of kvas itself, so that they are those of the installed version.

# The options that the help text of a command lists, as "--name:what it is".
_kvas_options()
{
	$1 ${2:+$2} --help 2>/dev/null | sed -nE \
		-e 's/^ (-[A-Za-z]), (--[a-z-]+)[^ ]*( [A-Z]+)?  +(.*)/\1:\4\n\2:\4/p' \
		-e 's/^ +(--[a-z-]+)[^ ]*( [A-Z]+)?  +(.*)/\1:\3/p'
}

# What kvas explains; with a command of sed before, regions and sections only.
_kvas_names()
{
	echo lowmem
	$1 explain 2>/dev/null | sed -n -e "$2" -e 's/^\([a-z][a-z0-9_]*\)  .*/\1/p'
}

_kvas()
{
	local kvas=$words[1] command= before word table=() listed=() taken i
	local -a commands offered

	commands=(${(f)"$($kvas --help 2>/dev/null |
		sed -n '/^Commands:/,/^$/s/^ \([a-z]*\)  *\(.*\)/\1:\2/p')"})
	taken='(-f|--file|--sysroot|-o|--output|--config|--arch|--release|--cmdline|--ram|--va-bits|--pa-bits|--mmu|--only|--zoom|--access|--from|--to|--mappings|--threads|--since|--source|-p|--process|--shared|--answers|--result|--name|--seed|--lab-dir|--format|--theme|--width|--scale|--lang|--walk|--with|--predicted)'
	for ((i = 2; i < CURRENT; i++)); do
		before=$words[i-1] word=$words[i]
		case $word in
		(--facts|--witnesses|--reasons|--runs|--safety|--stacks|--cpus|--grade|--each) table+=($word) ;;
		(--config*) table+=(--config=x) ;;
		(--since*) table+=(--since=x) ;;
		(--shared*) table+=(--shared=x) ;;
		(-p*|--process*) table+=(--process=x) ;;
		esac
		[[ $before == ${~taken} ]] && continue
		[[ -z $command && -n ${commands[(r)$word:*]} ]] && command=$word
	done

	# --option=VALUE: the value is completed as that of --option VALUE.
	before=$words[CURRENT-1]
	if [[ $words[CURRENT] == --*=* ]]; then
		before=${words[CURRENT]%%=*}
		compset -P '*='
	fi
	case $before in
	(-f|--file|--config|--mappings|--threads|--since|--answers|--result|--with|--predicted) _files; return ;;
	(--sysroot|--lab-dir) _files -/; return ;;
	(-o|--output)
		compset -P '+'
		compset -P '*,'
		listed=(${(f)"$($kvas ${command:+$command} $table --list-columns --raw 2>/dev/null)"})
		compadd -S '' -a listed
		return ;;
	(--color) compadd auto always never; return ;;
	(--arch) compadd x86_64 i386 arm64 arm riscv64 ppc64 loongarch64; return ;;
	(--source) compadd module kcore || _files; return ;;
	(--mmu) compadd radix hash; return ;;
	(--only) compadd user kernel; return ;;
	(--zoom)
		compadd ${(f)"$(_kvas_names $kvas '/^$/q')"}
		return ;;
	(--from|--to) [[ $command == draw ]] && compadd ${(f)"$(_kvas_names $kvas '/^$/q')"}; return ;;
	(--stacks) [[ $command == draw ]] && compadd self /proc/[0-9]*(:t); return ;;
	(--format) compadd svg png pdf txt html; return ;;
	(--theme) compadd light dark print; return ;;
	(--lang) compadd en; return ;;
	(--summary) compadd auto never always only; return ;;
	(--access) compadd -- +x +w,+x +u +U -x -w; return ;;
	(-p|--process|--shared) compadd self /proc/[0-9]*(:t); return ;;
	(--release|--cmdline|--ram|--va-bits|--pa-bits|--name|--seed|--width|--scale|--walk) return ;;
	esac
	if [[ $words[CURRENT] == -* ]]; then
		offered=(${(f)"$(_kvas_options $kvas $command)"})
		_describe -o option offered
		return
	fi
	case $command in
	('') _describe command commands ;;
	(explain|get) compadd ${(f)"$(_kvas_names $kvas)"} ;;
	(user) compadd self /proc/[0-9]*(:t) ;;
	(show|mappings) compadd ${(f)"$(_kvas_names $kvas '/^$/q')"} ;;
	(where) [[ -n ${words[(r)--annotate]} ]] && _files ;;
	(lab)
		if [[ -n ${words[(r)--grade]}${words[(r)--check]} ]]; then
			_files
		else
			compadd ${(f)"$($kvas lab -rno EXERCISE 2>/dev/null)"}
		fi ;;
	(save|diff|check|predict|draw) _files ;;
	esac
}

_kvas "$@"
