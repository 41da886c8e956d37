package postgres

import "syscall"

// dieWithUs lets the kernel end a scratch Postgres when our process is killed,
// so that a test that was cut off leaves nothing running.
func dieWithUs(attributes *syscall.SysProcAttr) {
	attributes.Pdeathsig = syscall.SIGQUIT
}
