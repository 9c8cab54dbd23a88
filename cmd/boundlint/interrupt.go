package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/boundlint/boundlint/lint/files"
)

// replacing is held while a file is written that replaces another, so that an
// interrupt leaves the old one or the new one, and nothing beside it.
var replacing sync.Mutex

// ending is held by what ends the program, so that the last line and the exit
// code agree.
var ending sync.Mutex

// exit ends the program at the end of its run, unless an interrupt ends it.
func exit(code int) {
	ending.Lock()
	os.Exit(code)
}

// scratch are the temporary directories, which do not outlive the program.
var scratch files.Scratch

// watch ends the program where somebody interrupts it: with one line, and with
// the code of a run that has judged nothing. A second interrupt ends it as the
// system does, whatever it waits for.
//
// A reader of standard output that goes away is an error like a disk that is
// full, and not a signal that ends the program without a word.
func watch(stderr io.Writer) {
	gone := make(chan os.Signal, 1)
	signal.Notify(gone, syscall.SIGPIPE)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupts
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		replacing.Lock()
		telling.Load().end()
		scratch.Close()
		ending.Lock()
		fmt.Fprintln(stderr, "boundlint: interrupted before everything was judged")
		os.Exit(exitFailure)
	}()
}
