# SPDX-License-Identifier: GPL-2.0-only
"""A folder of this machine that a guest for people writes to: 9P over virtio.

Whatever happens in the guest stays plain data here.  With mapped attributes QEMU
keeps owners, modes and kinds of files beside them: each file belongs to the user
who runs QEMU, none is a device or a symbolic link, and none can be executed with
other rights.
"""

import errno
import os
import tempfile
from pathlib import Path

from . import cache, images

TAG = "results"
PLACE = "/results"  # in the guest


class FolderError(Exception):
    pass


def prepare(path):
    """The folder, there and writable, as an absolute path."""
    folder = Path(path).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderError(f"no folder to share, {folder}: {error.strerror}") from error
    # These two separate options of QEMU and have no escape that all of them know.
    if "," in str(folder) or "\n" in str(folder):
        raise FolderError(f"QEMU cannot share a folder with a comma in its path: {folder}")
    return folder


def files(kernel):
    """What a guest needs to mount it, by paths in the guest; none if the kernel lacks the modules."""
    try:
        drivers = images.folder_drivers(kernel)
    except images.ImageError as error:
        cache.progress(f"no folder is shared: {error}")
        return {}
    return {"/bin/mount-folder": Path(__file__).parent / "mount-folder",
            "/lab/folder/order": "".join(f"{driver.name}\n" for driver in drivers),
            **{f"/lab/folder/{driver.name}": driver for driver in drivers}}


def options(kernel, folder):
    """What QEMU needs for it."""
    device = kernel.arch.disk.replace("-blk-", "-9p-")
    return ["-fsdev", f"local,id=folder,path={folder},security_model={model(folder)}",
            "-device", f"{device},fsdev=folder,mount_tag={TAG}"]


def model(folder):
    """How QEMU keeps attributes: as the file system's own, or in files beside."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            os.setxattr(file.fileno(), "user.kvas", b"1")
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EPERM):
            raise
        return "mapped-file"
    return "mapped-xattr"
