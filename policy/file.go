package policy

// File is what somebody handed in as a file, which is kept as it was: the text of a
// corrigendum, or of a version of which nothing is kept as data.
type File struct {
	MediaType string `json:"media_type"`
	Body      []byte `json:"body"`
}
