// Package archive makes an information package of the files of a cycle, for an archive to take over,
// and checks one without anything else. A package is a folder after METS, in the shape that E-ARK's
// Common Specification for Information Packages (CSIP 2.1) gives it, with the checksum of each file.
package archive
