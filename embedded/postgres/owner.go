package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user that Postgres runs as and that owns its data.
type owner struct {
	name     string
	uid, gid uint32
	other    bool // not the user we run as: only root can do that
}

// pickOwner says who Postgres runs as. Postgres refuses root, so under root it
// is the one who owns the data already, else postgres, else nobody.
func pickOwner(data string) (owner, error) {
	if os.Geteuid() != 0 {
		return ourselves(data)
	}
	if holder, ok := holderOf(data); ok && holder != 0 {
		return lookup(user.LookupId(strconv.Itoa(int(holder))))
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return lookup(found, nil)
		}
	}
	return owner{}, errors.New("PostgreSQL refuses to run as root and this machine has neither a user postgres nor a user nobody: run policycycle as an ordinary user")
}

func ourselves(data string) (owner, error) {
	us := owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	if holder, ok := holderOf(data); ok && holder != us.uid {
		return us, fmt.Errorf("the data in %s belong to the user with the number %d: run policycycle as that user or as root, or choose another folder with --data", data, holder)
	}
	return us, nil
}

func lookup(found *user.User, err error) (owner, error) {
	if err != nil {
		return owner{}, fmt.Errorf("the owner of the data is not known on this machine: %w", err)
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return owner{}, fmt.Errorf("the number of the user %s cannot be read: %w", found.Username, err)
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return owner{}, fmt.Errorf("the group of the user %s cannot be read: %w", found.Username, err)
	}
	return owner{name: found.Username, uid: uint32(uid), gid: uint32(gid), other: true}, nil
}

// holderOf returns the number of the user that owns a folder, if it is there.
func holderOf(folder string) (uint32, bool) {
	info, err := os.Stat(folder)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}

// command prepares a program to be run as the owner. The program sees nothing
// of our environment: a PGDATA or PGOPTIONS there would lead it astray.
func (o owner) command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, arguments...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if o.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return cmd
}

// take gives a file or folder to the owner.
func (o owner) take(path string) error {
	if !o.other {
		return nil
	}
	if err := os.Chown(path, int(o.uid), int(o.gid)); err != nil {
		return fmt.Errorf("%s cannot be given to the user %s: %w", path, o.name, err)
	}
	return nil
}

// check asks the kernel whether the owner can run the binaries and enter the
// folder, so that the reason is told before Postgres fails with a riddle.
func (o owner) check(ctx context.Context, b binaries, dir string) error {
	if !o.other {
		return nil
	}
	err := o.command(ctx, b.postgres(), "--version").Run()
	switch {
	case errors.Is(err, syscall.EPERM):
		return fmt.Errorf("PostgreSQL refuses to run as root, and this process may not become the user %s (%w): run policycycle as an ordinary user", o.name, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the user %s, as whom PostgreSQL runs, cannot reach %s: %w", o.name, b.folder, err)
	case err != nil:
		return fmt.Errorf("%s cannot be run as the user %s: %w", b.postgres(), o.name, err)
	}
	inside := o.command(ctx, b.postgres(), "--version")
	inside.Dir = dir
	if err := inside.Run(); err != nil {
		return fmt.Errorf("PostgreSQL refuses to run as root, so it runs as the user %s, who cannot enter %s (%w): choose a folder that every user may enter, such as --data /var/lib/policycycle", o.name, dir, err)
	}
	return nil
}
