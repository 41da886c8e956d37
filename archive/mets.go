package archive

import (
	"encoding/xml"
	"time"
)

// The names of a package's own files.
const (
	metsFile = "METS.xml"
	dcFile   = "metadata/descriptive/dc.xml"
	sumsFile = "SHA256SUMS"
)

// checksums is how METS names the algorithm.
const checksums = "SHA-256"

// mets is as much of METS as CSIP wants.
type mets struct {
	XMLName   xml.Name   `xml:"http://www.loc.gov/METS/ mets"`
	XLink     string     `xml:"xmlns:xlink,attr"`
	CSIP      string     `xml:"xmlns:csip,attr"`
	ObjectID  string     `xml:"OBJID,attr"`
	Label     string     `xml:"LABEL,attr"`
	Type      string     `xml:"TYPE,attr"`
	OtherType string     `xml:"csip:OTHERTYPE,attr"`
	Profile   string     `xml:"PROFILE,attr"`
	Header    header     `xml:"metsHdr"`
	Described described  `xml:"dmdSec"`
	Groups    []group    `xml:"fileSec>fileGrp"`
	Structure structured `xml:"structMap"`
}

type header struct {
	Created string `xml:"CREATEDATE,attr"`
	Package string `xml:"csip:OAISPACKAGETYPE,attr"`
	Agent   agent  `xml:"agent"`
}

type agent struct {
	Role      string `xml:"ROLE,attr"`
	Type      string `xml:"TYPE,attr"`
	OtherType string `xml:"OTHERTYPE,attr"`
	Name      string `xml:"name"`
	Note      note   `xml:"note"`
}

type note struct {
	Type string `xml:"csip:NOTETYPE,attr"`
	Text string `xml:",chardata"`
}

type described struct {
	ID      string `xml:"ID,attr"`
	Created string `xml:"CREATED,attr"`
	Ref     ref    `xml:"mdRef"`
}

// ref points at a file of metadata.
type ref struct {
	entry
	LocType      string `xml:"LOCTYPE,attr"`
	MetadataType string `xml:"MDTYPE,attr"`
	LinkType     string `xml:"xlink:type,attr"`
	Link         string `xml:"xlink:href,attr"`
}

type group struct {
	ID    string `xml:"ID,attr"`
	Use   string `xml:"USE,attr"`
	Files []file `xml:"file"`
}

type file struct {
	entry
	Location location `xml:"FLocat"`
}

// entry is what METS keeps of a file.
type entry struct {
	ID           string `xml:"ID,attr"`
	MediaType    string `xml:"MIMETYPE,attr"`
	Size         int64  `xml:"SIZE,attr"`
	Created      string `xml:"CREATED,attr"`
	Checksum     string `xml:"CHECKSUM,attr"`
	ChecksumType string `xml:"CHECKSUMTYPE,attr"`
}

type location struct {
	LocType  string `xml:"LOCTYPE,attr"`
	LinkType string `xml:"xlink:type,attr"`
	Link     string `xml:"xlink:href,attr"`
}

type structured struct {
	ID    string   `xml:"ID,attr"`
	Type  string   `xml:"TYPE,attr"`
	Label string   `xml:"LABEL,attr"`
	Whole division `xml:"div"`
}

type division struct {
	ID       string     `xml:"ID,attr"`
	Label    string     `xml:"LABEL,attr"`
	Metadata string     `xml:"DMDID,attr,omitempty"`
	Files    []pointer  `xml:"fptr"`
	Parts    []division `xml:"div"`
}

type pointer struct {
	FileID string `xml:"FILEID,attr"`
}

// written is a METS as it is read again: names of attributes lose the prefix on the way.
type written struct {
	XMLName  xml.Name `xml:"mets"`
	ObjectID string   `xml:"OBJID,attr"`
	Label    string   `xml:"LABEL,attr"`
	Header   struct {
		Created time.Time `xml:"CREATEDATE,attr"`
	} `xml:"metsHdr"`
	Described struct {
		Ref listed `xml:"mdRef"`
	} `xml:"dmdSec"`
	Files []struct {
		listed
		Location struct {
			Link string `xml:"href,attr"`
		} `xml:"FLocat"`
	} `xml:"fileSec>fileGrp>file"`
}

type listed struct {
	Size         int64  `xml:"SIZE,attr"`
	Checksum     string `xml:"CHECKSUM,attr"`
	ChecksumType string `xml:"CHECKSUMTYPE,attr"`
	Link         string `xml:"href,attr"`
}

// dublinCore describes the package in words that every archive reads.
type dublinCore struct {
	XMLName     xml.Name `xml:"metadata"`
	Namespace   string   `xml:"xmlns:dc,attr"`
	Title       string   `xml:"dc:title"`
	Identifier  string   `xml:"dc:identifier"`
	Creator     string   `xml:"dc:creator"`
	Type        string   `xml:"dc:type"`
	Date        string   `xml:"dc:date"`
	Language    string   `xml:"dc:language"`
	Rights      string   `xml:"dc:rights"`
	Description string   `xml:"dc:description"`
}
