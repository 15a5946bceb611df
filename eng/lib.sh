# Shared by demo, test and fogbank. Sourced, never run.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
# Debugger pipes of processes that are ended stay behind in the temporary folder.
export DOTNET_EnableDiagnostics=0

# One warm compiler for all builds of a script, of its own: it must not outlive the script (end_compiler), nor be somebody else's.
export UseSharedCompilation=true SharedCompilationId=fogbank-$$
end_compiler() {
  local pid
  for pid in $(pgrep -f "VBCSCompiler.*pipename:$SharedCompilationId" || true); do kill "$pid" 2>/dev/null || true; done
}

# quietly COMMAND…: shows what a command printed only where it failed.
quietly() {
  local log code=0; log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  [ $code -eq 0 ] || grep -E 'error|warning|Error|Fehler' "$log" | sort -u | head -40 >&2 || true
  [ $code -eq 0 ] || tail -5 "$log" >&2
  rm -f "$log"
  return $code
}

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# sudo where it is needed and there.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "needs root for: $*"
  fi
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing. Install it: https://dotnet.microsoft.com/download"
  case "$(dotnet --version 2>/dev/null)" in
    10.*) ;;
    *) fail "the .NET SDK 10 is needed; dotnet --version says '$(dotnet --version 2>/dev/null)'" ;;
  esac
}

# need_packages WHAT PACKAGE…: installs Debian packages that are missing, or names them.
need_packages() {
  local what=$1 missing=() package; shift
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "$what needs these Debian packages or their like here: ${missing[*]}"
  say "Installing for $what: ${missing[*]}"
  local log; log=$(mktemp)
  as_root apt-get update -qq >"$log" 2>&1 || true
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    tail -20 "$log" >&2
    rm -f "$log"
    fail "could not install ${missing[*]}"
  fi
  rm -f "$log"
}

# need_linker: what the native compiler wants of the machine.
need_linker() {
  { command -v gcc >/dev/null || command -v clang >/dev/null; } && command -v objcopy >/dev/null && return
  need_packages "the native compiler" gcc libc6-dev binutils
}

# publish_native DIR: the native executable with SQLite's library beside it.
publish_native() {
  need_linker
  dotnet publish src/Fogbank -c Release -r linux-x64 -o "$1" -nologo -v quiet "${@:2}"
}
