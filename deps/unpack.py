"""Unpacks from a wheel only the members that match one of the patterns: unpack.py WHEEL TARGET PATTERN…"""

import fnmatch
import os
import sys
import zipfile

wheel, target, *patterns = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    files = [member for member in archive.infolist() if not member.is_dir()]
    for pattern in patterns:
        wanted = [member for member in files if fnmatch.fnmatchcase(member.filename, pattern)]
        if not wanted:
            sys.exit(f"nothing in {os.path.basename(wheel)} matches {pattern}")
        for member in wanted:
            path = archive.extract(member, target)
            mode = member.external_attr >> 16 & 0o777
            os.chmod(path, mode | 0o600 if mode else 0o644)  # zipfile drops the mode; ptxas must stay executable
