# What the scripts beside this file share: installing what is missing, and building.
# To be sourced, with $root set to the top of the package. All that is said goes to stderr.

say() { printf 'avips: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# One need a line: how to see that it is met, what to look for, the Debian package that meets it.
build_needs='
header  lua5.4/lua.h          liblua5.4-dev
header  readline/readline.h   libreadline-dev
header  cblas.h               libopenblas-dev
header  zlib.h                zlib1g-dev
command pkg-config            pkg-config
command git                   git
header  stdlib.h              libc6-dev
command g++                   g++
file    /etc/ssl/certs/ca-certificates.crt  ca-certificates
library libxml2.so.2          libxml2
library libcurl.so.4          libcurl4
library libsqlite3.so.0       libsqlite3-0
'
test_needs='
python  pexpect               python3-pexpect
file    /usr/sbin/slurmctld  slurm-wlm
file    /usr/sbin/munged     munge
command mpirun                openmpi-bin
'

# What some tests use, and are skipped without.
test_wishes='
file    /usr/share/i18n/locales/de_DE  locales
command chromium              chromium
'

is_met() {
    case $1 in
        command) command -v "$2" >/dev/null ;;
        header)  compgen -G "/usr/include/$2" >/dev/null || compgen -G "/usr/include/*-linux-gnu/$2" >/dev/null ;;
        library) compgen -G "/usr/lib/$2*" >/dev/null || compgen -G "/usr/lib/*-linux-gnu/$2*" >/dev/null ;;
        file)    [[ -e $2 ]] ;;
        python)  python3 -c "import $2" 2>/dev/null ;;
    esac
}

missing_packages() {
    local kind name package
    while read -r kind name package; do
        if [[ -n $kind ]] && ! is_met "$kind" "$name"; then printf '%s ' "$package"; fi
    done <<<"$1"
}

# Runs a command as root, with sudo where that is needed and at hand.
as_root() {
    if ((EUID == 0)); then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else return 1
    fi
}

install_packages() {
    local command=(apt-get install -y --no-install-recommends "$@")
    command -v apt-get >/dev/null || fail "these are missing, under the names they have on Debian: $*"
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive "${command[@]}" >/dev/null 2>&1 && return
    as_root apt-get update >&2 && as_root env DEBIAN_FRONTEND=noninteractive "${command[@]}" >&2 && return
    fail "could not install what is missing; as root, run: apt-get update && ${command[*]}"
}

# Installs what is missing of the needs given.
meet() {
    local packages
    packages=$(missing_packages "$1")
    if [[ -n $packages ]]; then
        # shellcheck disable=SC2086
        install_packages $packages
    fi
}

# Installs what is missing of the wishes given, where that is possible.
try_to_meet() {
    local packages
    packages=$(missing_packages "$1")
    # shellcheck disable=SC2086
    if [[ -n $packages ]] && ! (install_packages $packages); then say "going on without"; fi
}

require_swift() {
    command -v swift >/dev/null && return
    fail 'there is no "swift" in PATH; Swift 6.2 or newer is needed, from https://www.swift.org/install/linux/'
}

swift_build() { swift build --package-path "$root" -c release "$@" >&2; }

# Builds one program. The stamp bears the time before the build, so that a file saved meanwhile counts as newer.
build_program() {
    require_swift
    meet "$build_needs"
    mkdir -p "$root/.build"
    touch "$root/.build/$1.pending"
    # Where the tests were built last, their stricter flags are kept while they do, which saves a second full build.
    if [[ -e $root/.build/strict ]]; then
        AVIPS_STRICT=1 swift_build --product "$1" || { rm "$root/.build/strict"; build_program "$1"; return; }
    else
        say "building $1; the first time takes some minutes"
        swift_build --product "$1" || fail "the build failed"
    fi
    mv "$root/.build/$1.pending" "$root/.build/$1.stamp"
    note_commit "$1"
}

# Notes beside a program which commit it was built from; the program tells it with every result.
note_commit() {
    git -C "$root" describe --always --dirty --abbrev=12 --exclude='*' >"$(readlink -f -- "$root/.build/release/$1").commit" 2>/dev/null || true
}
