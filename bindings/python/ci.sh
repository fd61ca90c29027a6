#!/bin/sh
# What cannot run under `cargo test`, because it needs the package index: mypy, the wheel, and the
# quickstart from an empty virtual environment with nothing but that wheel in it.
#
#     bindings/python/ci.sh
#
# PYTHON names another interpreter than python3.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work=$(mktemp -d)
market=
trap 'if [ -n "$market" ]; then kill "$market" || true; fi; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
unset YMCHAT_LIBRARY PYTHONPATH

say() { printf '\n== %s\n' "$*"; }

say "mypy --strict"
"${PYTHON:-python3}" -m venv "$work/tools"
"$work/tools/bin/pip" --quiet install --upgrade mypy
(cd "$here" && "$work/tools/bin/mypy" --strict --cache-dir "$work/mypy")
cat > "$work/use.py" <<'PROGRAM'
from datetime import datetime
from typing import Optional, Union

import ymchat

with ymchat.Client(api_key="ACMA:k", business_id=1) as c:
    for message in c.messages(1, after=5):
        at: Optional[datetime] = message.created_at
        who: Union[ymchat.Sender, str] = message.sender
    c.get_chats(statuses=["NEW", ymchat.ChatStatus.FINISHED], contexts=[("ORDER", 1)])
    wrong: int = c.send_message(1, "a").outcome
PROGRAM

say "the wheel"
"$work/tools/bin/pip" --quiet wheel --no-deps --wheel-dir "$work/wheels" "$here"
ls -l "$work/wheels"
"$work/tools/bin/python" - "$work/wheels" <<'PROGRAM'
import sys, zipfile
from pathlib import Path

wheels = list(Path(sys.argv[1]).iterdir())
assert len(wheels) == 1, wheels
name, version, python, abi, platform = wheels[0].stem.split("-")
assert (name, python, abi) == ("ymchat", "py3", "none"), wheels[0]
assert platform not in ("any", ""), wheels[0]
if sys.platform == "linux":
    # As PyPI takes it.
    assert platform.startswith("manylinux_2_"), platform
with zipfile.ZipFile(wheels[0]) as wheel:
    files = set(wheel.namelist())
    info = f"ymchat-{version}.dist-info"
    text = wheel.read(f"{info}/WHEEL").decode()
    assert f"Tag: py3-none-{platform}" in text, text
    assert "Root-Is-Purelib: false" in text, text
    libraries = [file for file in files if file.endswith((".so", ".dylib", ".dll"))]
    assert len(libraries) == 1 and libraries[0].startswith("ymchat/"), libraries
    metadata = wheel.read(f"{info}/METADATA").decode()
    for field in ("License-Expression: MIT OR Apache-2.0", "Author: ", "Project-URL: "):
        assert f"\n{field}" in metadata, metadata
    sandbox = wheel.getinfo("ymchat/ymchat-sandbox")
    assert sandbox.external_attr >> 16 & 0o111, "it may be executed"
assert {"ymchat/__init__.py", "ymchat/py.typed"} <= files, files
strange = [file for file in files if not file.startswith(("ymchat/", info))]
assert not strange, strange
print("tag and contents are right")
PROGRAM

say "an empty virtual environment"
"${PYTHON:-python3}" -m venv "$work/empty"
"$work/empty/bin/pip" --quiet install --no-index --find-links "$work/wheels" ymchat
(cd "$work" && "$work/empty/bin/python" -c '
import sys, ymchat
assert ymchat.__file__.startswith(sys.prefix), ymchat.__file__
print("ymchat", ymchat.library_version(), "from", sys.version.split()[0])')
if "$work/tools/bin/mypy" --strict --cache-dir "$work/mypy" \
    --python-executable "$work/empty/bin/python" "$work/use.py" > "$work/said"; then
    echo "mypy does not see the types of the installed package"; exit 1
fi
grep -q 'use.py:11: error: Incompatible types' "$work/said" && grep -q 'Found 1 error' "$work/said" || {
    cat "$work/said"; exit 1
}

say "the quickstart"
"$work/empty/bin/python" -m ymchat.sandbox --auto-reply on --big-ids on > "$work/market" &
market=$!
tries=0
until grep -q '^Simulated Market' "$work/market"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "the simulated Market does not start"; exit 1; }
    sleep 0.1
done
field() { sed -n "1s/.*$1 \([^ ,]*\).*/\1/p" "$work/market"; }
cp "$root/examples/quickstart.py" "$work/quickstart.py"
(cd "$work" && YMCHAT_BASE_URL=$(field at) YMCHAT_API_KEY=$(field Api-Key) \
    YMCHAT_BUSINESS_ID=$(field businessId) \
    "$work/empty/bin/python" quickstart.py --simulated > "$work/transcript")
diff "$root/examples/quickstart.txt" "$work/transcript"
echo "the transcript is the one of all languages"

say "from an sdist, with a library that is built already"
"$work/tools/bin/pip" --quiet install --upgrade build
"$work/tools/bin/python" -m build --sdist --outdir "$work/sdist" "$here" > "$work/said" 2>&1 || {
    cat "$work/said"; exit 1
}
tar -tzf "$work"/sdist/ymchat-*.tar.gz > "$work/files"
grep -q '/crate/bindings/c/src/exports/mod.rs$' "$work/files" && grep -q '/crate/Cargo.lock$' "$work/files"
if grep -E '\.(so|dylib|dll)$' "$work/files"; then echo "a library is in the sdist"; exit 1; fi
YMCHAT_LIBRARY=$(ls "$work"/empty/lib/python*/site-packages/ymchat/libymchat.*) \
    YMCHAT_SANDBOX=$(ls "$work"/empty/lib/python*/site-packages/ymchat/ymchat-sandbox) \
    "$work/tools/bin/pip" --quiet wheel --no-deps --wheel-dir "$work/again" "$work"/sdist/ymchat-*.tar.gz
ls "$work/again"
# A wrong one is refused when the wheel is built.
if YMCHAT_LIBRARY=$here/setup.py "$work/tools/bin/pip" wheel --no-deps \
    --wheel-dir "$work/wrong" "$here" > "$work/said" 2>&1; then
    echo "a wheel with a wrong library was built"; exit 1
fi
grep -q 'cannot be loaded' "$work/said"

say "Python: all is well"
