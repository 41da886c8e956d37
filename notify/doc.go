// Package notify tells people outside what waits for them, by mail. What a mail says is read from
// the service at the moment at which it leaves, as its reader sees it: so it never tells of what
// was done meanwhile, nor of what its reader may not read. What is sent is noted in the records,
// so that nobody gets two mails of one occasion.
package notify
