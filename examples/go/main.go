// The four endpoints of the suite on Go's net/http: go build -o server . && HOST=127.0.0.1 PORT=3000 ./server
// ./server fastcgi speaks FastCGI with a web server in front of it.
package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"runtime"
	"strconv"
	"strings"
)

const (
	plainText = "text/plain; charset=utf-8"
	markup    = "text/html; charset=utf-8"
)

var rows = [][]string{
	{"1001", "Ada & Grace", "bolts < 5 mm", "12", "0.35", "open"},
	{"1002", "Edsger", `"special" nuts`, "7", "1.20", "paid"},
	{"1003", "Barbara", "washers", "144", "0.02", "sent"},
	{"1004", "O'Neil & Sons", "screws > 8 mm", "50", "0.11", "open"},
}

var (
	members = map[string]struct{}{}
	asked   []string
)

func init() {
	for n := 0; n < 1000; n++ {
		members[fmt.Sprint("key-", n)] = struct{}{}
	}
	for i := 0; i < 50000; i++ {
		asked = append(asked, fmt.Sprint("key-", i*769%2000))
	}
}

func page(title, body string) *template.Template {
	head := `<head><meta charset="utf-8"><title>` + title + `</title></head>`
	return template.Must(template.New(title).Parse("<!doctype html>\n<html lang=\"en\">\n" + head + "\n<body>\n" + body + "\n</body>\n</html>\n"))
}

var (
	greeting = page("Hello", "<h1>Hello, {{.}}!</h1>")
	orders   = page("Orders", "<table>\n{{range .}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>\n{{end}}</table>")
)

// Go writes a quotation mark as &#34;, the suite's pages have &quot;.
func rendered(page *template.Template, data any) string {
	var out strings.Builder
	if err := page.Execute(&out, data); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(out.String(), "&#34;", "&quot;")
}

func lookup() string {
	hits := 0
	for _, key := range asked {
		if _, found := members[key]; found {
			hits++
		}
	}
	return strconv.Itoa(hits)
}

func answer(kind string, work func() string) http.HandlerFunc {
	return func(response http.ResponseWriter, _ *http.Request) {
		body := work()
		response.Header().Set("Content-Type", kind)
		response.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = io.WriteString(response, body)
	}
}

func listener() (net.Listener, error) {
	if socket := os.Getenv("SOCKET"); socket != "" {
		return net.Listen("unix", socket)
	}
	return net.Listen("tcp", net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")))
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--describe" {
		version := strings.TrimPrefix(runtime.Version(), "go")
		_ = json.NewEncoder(os.Stdout).Encode(map[string]string{"package": "net/http", "version": version, "runtime": "Go " + version})
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", answer(plainText, burning(func() string { return "Hello, World!" })))
	mux.HandleFunc("/template", answer(markup, func() string { return rendered(greeting, "Ada & Grace") }))
	mux.HandleFunc("/table", answer(markup, func() string { return rendered(orders, rows) }))
	mux.HandleFunc("/lookup", answer(plainText, lookup))
	listening, err := listener()
	if err == nil && len(os.Args) > 1 && os.Args[1] == "fastcgi" {
		err = fcgi.Serve(listening, mux)
	} else if err == nil {
		err = http.Serve(listening, mux)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
