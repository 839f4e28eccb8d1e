# shellcheck shell=bash
# Sourced by the scripts here: one log file, and steps that are done once.
#
#   LOG     file that everything is appended to, with its time
#   STEPS   folder where a step that is done leaves its name

mkdir -p "$(dirname "$LOG")"

say() {
    printf '%s %s[%s] %s\n' "$(date -u +%FT%TZ)" "${0##*/}" "$(hostname -s)" "$*" |
        tee -a "$LOG"
}

# once NAME COMMAND...: run it unless it was done; a step that fails ends the script,
# and the next run begins with it.
once() {
    local name=$1
    shift
    if [[ -e $STEPS/$name ]]; then
        say "$name: done before"
        return 0
    fi
    say "$name: begins"
    # In the background, for bash forgets `set -e` wherever a status is asked for.
    (set -euo pipefail; "$@") >>"$LOG" 2>&1 &
    if ! wait $!; then
        say "$name: FAILED; mend it and run this script again; log: $LOG"
        exit 1
    fi
    mkdir -p "$STEPS"
    date -u +%FT%TZ >"$STEPS/$name"
    say "$name: done"
}

# Which system this is: amzn or ubuntu (debian counts as ubuntu).
system() {
    # shellcheck disable=SC1090,SC1091
    (. "${OS_RELEASE:-/etc/os-release}" && case $ID in
        amzn) echo amzn ;;
        ubuntu | debian) echo ubuntu ;;
        *) echo "$ID" ;;
    esac)
}
