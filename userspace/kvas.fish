# SPDX-License-Identifier: GPL-2.0-only
# fish completion for kvas(1).  Commands, options, columns and names are asked of
# kvas itself, so that they are those of the installed version.

function __kvas_command_names
    kvas --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^ \([a-z]*\) .*/\1/p'
end

# The command on the line, or nothing; what options take is none.
function __kvas_command
    set -l names (__kvas_command_names)
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        contains -- $words[(math $i - 1)] -f --file --sysroot -o --output --config --arch \
            --release --cmdline --ram --va-bits --pa-bits --mmu --only --zoom --access --from --to --mappings --threads --since --source \
            -p --process --shared --answers --result --name --seed --lab-dir --format --theme --width --scale --lang --walk --with --predicted
        and continue
        if contains -- $words[$i] $names
            echo $words[$i]
            return
        end
    end
end

function __kvas_options
    kvas (__kvas_command) --help 2>/dev/null |
        string replace -rf '^ +(?:-[A-Za-z], )?(--[a-z-]+)\S*(?: [A-Z]+)?  +(.*)$' '$1\t$2'
end

# Of the table that the line asks for; after the last comma of a list.
function __kvas_columns
    set -l table
    for word in (commandline -opc)
        switch $word
            case --facts --witnesses --reasons --runs --safety --stacks --cpus --grade --each
                set -a table $word
            case '--config*'
                set -a table --config=x
            case '--since*'
                set -a table --since=x
            case '--shared*'
                set -a table --shared=x
            case '-p*' '--process*'
                set -a table --process=x
        end
    end
    set -l before (commandline -ct | string replace -r '^--output=' '' | string match -r '^(?:\+|.*,)')
    for column in (kvas (__kvas_command) $table --list-columns --raw 2>/dev/null)
        echo "$before$column"
    end
end

# What kvas explains; with a command of sed before, regions and sections only.
function __kvas_names
    echo lowmem
    kvas explain 2>/dev/null | sed -n -e "$argv" -e 's/^\([a-z][a-z0-9_]*\)  .*/\1/p'
end

# Or a crash dump, where neither word begins so.
function __kvas_sources
    set -l word (commandline -ct | string replace -r '^--source=' '')
    printf '%s\n' module kcore | string match -- "$word*"
    or __fish_complete_path $word
end

function __kvas_processes
    echo self
    string match -r '^[0-9]+$' (ls /proc)
end

function __kvas_is
    contains -- "$(__kvas_command)" $argv
end

complete -c kvas -f
complete -c kvas -n '__kvas_is ""' -a '(__kvas_command_names)'
complete -c kvas -n '__kvas_is explain get' -a '(__kvas_names)'
complete -c kvas -n '__kvas_is user' -a '(__kvas_processes)'
complete -c kvas -n '__kvas_is show mappings' -a '(__kvas_names /^\$/q)'
complete -c kvas -n '__kvas_is where; and contains -- --annotate (commandline -opc)' -F
complete -c kvas -n '__kvas_is lab; and not string match -qr -- "^--(grade|check)" (commandline -opc)' -a '(kvas lab -rno EXERCISE 2>/dev/null)'
complete -c kvas -n '__kvas_is lab; and string match -qr -- "^--(grade|check)" (commandline -opc)' -F
complete -c kvas -n '__kvas_is save diff check predict draw' -F
complete -c kvas -n 'string match -q -- "-*" (commandline -ct)' -a '(__kvas_options)'
complete -c kvas -s f -l file -rF
complete -c kvas -l sysroot -xa '(__fish_complete_directories)'
complete -c kvas -l config -rF
complete -c kvas -l mappings -rF
complete -c kvas -l threads -rF
complete -c kvas -l since -rF
complete -c kvas -l answers -rF
complete -c kvas -l result -rF
complete -c kvas -l name -x
complete -c kvas -l seed -x
complete -c kvas -l lab-dir -xa '(__fish_complete_directories)'
complete -c kvas -n '__kvas_is draw' -l with -rF
complete -c kvas -n '__kvas_is draw' -l predicted -rF
complete -c kvas -l access -xa '+x +w,+x +u +U -x -w'
complete -c kvas -s p -l process -xa '(__kvas_processes)'
complete -c kvas -l shared -xa '(__kvas_processes)'
complete -c kvas -s o -l output -xa '(__kvas_columns)'
complete -c kvas -l color -xa 'auto always never'
complete -c kvas -l arch -xa 'x86_64 i386 arm64 arm riscv64 ppc64 loongarch64'
complete -c kvas -l source -xa '(__kvas_sources)'
complete -c kvas -l mmu -xa 'radix hash'
complete -c kvas -l only -xa 'user kernel'
complete -c kvas -l zoom -xa '(__kvas_names /^\$/q)'
complete -c kvas -n '__kvas_is draw' -l from -xa '(__kvas_names /^\$/q)'
complete -c kvas -n '__kvas_is draw' -l to -xa '(__kvas_names /^\$/q)'
complete -c kvas -n '__kvas_is draw' -l stacks -xa '(__kvas_processes)'
complete -c kvas -l format -xa 'svg png pdf txt html'
complete -c kvas -l theme -xa 'light dark print'
complete -c kvas -l lang -xa 'en'
complete -c kvas -l summary -xa 'auto never always only'
