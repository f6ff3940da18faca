# SPDX-License-Identifier: GPL-2.0-only
# zsh -f complete.zsh DIRECTORY "LINE": writes to $OUT what the completion there,
# in a file _kvas, offers for the line; "done" ends it.  $DUMP keeps what zsh looked up before.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -C -d $DUMP"
zpty -w z "zstyle ':completion:*' insert-tab false; bindkey '^I' complete-word"
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi; typeset -a hits; builtin compadd -A hits "$@"; print -rl -- "${(@)hits/#/offered:$IPREFIX}" >>$OUT; builtin compadd "$@" }'
zpty -w z 'finish() { print done >>$OUT; exit }; comppostfuncs=(finish)'
zpty -w z 'print ready >$OUT.ready'
repeat 1000; do [[ -e $OUT.ready ]] && break; zpty -rt z junk; sleep 0.1; done
zpty -n -w z "$2"$'\t'
repeat 1000; do [[ -e $OUT && $(<$OUT) == *done* ]] && break; zpty -rt z junk; sleep 0.1; done
zpty -d z
