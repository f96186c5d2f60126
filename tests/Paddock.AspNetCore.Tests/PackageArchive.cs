using System.IO.Compression;
using System.Text;

namespace Paddock.AspNetCore.Tests;

/// <summary>Packages as they are uploaded.</summary>
internal static class PackageArchive
{
    /// <summary>A .zip with these files.</summary>
    public static byte[] Zip(params (string Path, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in files)
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }

    /// <summary>A plugin with a route for everyone, one for operators, a widget, a file, a secret, a config and an export.</summary>
    public static byte[] Greeter(string name, string version = "1.0.0", string greeting = "Hello", string permissions = "") => Zip(
        ("plugin.yaml", $$"""
            apiVersion: paddock/v1
            name: {{name}}
            version: {{version}}
            runtime: javascript
            entry: main.js
            configSchema: config.schema.json
            secrets: [api_key]
            {{permissions}}
            contributes:
              routes:
                - { method: GET, path: "/{{name}}/greet/{who}", handler: greet }
                - { method: GET, path: "/{{name}}/admin", handler: admin, middleware: [admin] }
                - { method: GET, path: "/{{name}}/page", handler: page }
              widgets:
                - { id: greeting, title: Greeting, handler: page, location: {{name}} }
              exports: [greet]
            """),
        ("config.schema.json", """{"type":"object","properties":{"mark":{"type":"string","default":"!"}},"additionalProperties":false}"""),
        ("main.js", $$"""
            exports.greet = (ctx) => ({ text: "{{greeting}} " + ctx.input.who + ((ctx.config && ctx.config.mark) || "!"), user: ctx.input._user_id, admin: ctx.input._is_admin });
            exports.default = exports.greet;
            exports.admin = () => "for operators";
            exports.page = () => ({ html: "<p onclick=x>{{greeting}}</p><script>1</script>" });
            """),
        ("static/site.css", "p { color: red }"));
}
