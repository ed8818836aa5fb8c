# shellcheck shell=sh
# Shared by the two set-up commands, demo and check: sourced by them, from the top of the tree. POSIX sh.

say() {
	printf '==> %s\n' "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 4
}

# Names in tools/packages that dpkg does not have installed.
missing_packages() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' tools/packages | while read -r package _; do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || printf '%s ' "$package"
	done
}

# Runs a command as root: directly, or through sudo, which asks for a password only where somebody can type one.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
	else
		die "installing packages needs root; run as root, or install sudo, or install them yourself: $*"
	fi
}

install_packages() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		say "Not a Debian system: packages are taken as they are (tools/packages lists what is needed)"
		return 0
	fi
	missing=$(missing_packages)
	[ -n "$missing" ] || return 0
	say "Installing with apt-get: $missing"
	as_root apt-get -q -o Acquire::Retries=3 update </dev/null >&2 ||
		say "apt-get update failed; trying with the lists that are there"
	# shellcheck disable=SC2086 # one word a package
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
		--no-install-recommends install $missing </dev/null >&2 ||
		die "apt-get could not install: $missing"
}

# build_in FOLDER [CMAKE-ARGUMENT]...: configures and builds, quietly unless it fails.
build_in() {
	folder=$1
	shift
	say "Building in $folder"
	log=$(mktemp)
	if cmake -S . -B "$folder" -G Ninja "$@" >"$log" 2>&1 && cmake --build "$folder" -- -k 0 >"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	cat "$log" >&2
	rm -f "$log"
	die "the build in $folder failed; its output stands above"
}
