package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// CLOCK_THREAD_CPUTIME_ID of Linux.
const threadClock = 3

func threadTime() time.Duration {
	var now syscall.Timespec
	if _, _, err := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&now)), 0); err != 0 {
		panic(err)
	}
	return time.Duration(now.Nano())
}

// With BURN_MICROSECONDS every request uses so much CPU time more, to see whether it comes back as cost.
func burning(work func() string) func() string {
	microseconds, err := strconv.Atoi(os.Getenv("BURN_MICROSECONDS"))
	if err != nil {
		return work
	}
	burn := time.Duration(microseconds) * time.Microsecond
	return func() string {
		// The clock is the thread's: the goroutine has to stay on it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for end := threadTime() + burn; threadTime() < end; {
		}
		return work()
	}
}
