namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>What a host does for a plugin, told without a word of any runtime: host calls that a guest makes one after the other, and what it learns of each.</summary>
/// <param name="Name">What is shown.</param>
/// <param name="Steps">The host calls, each in a call of the plugin of its own.</param>
public sealed record HostBehaviour(string Name, params HostStep[] Steps)
{
    /// <summary>The value of kv's longest and one byte more.</summary>
    private static readonly string s_large = new('1', 999_999);

    /// <summary>Every behaviour that is a matter of asking and being answered. <c>@</c> names stand for what the host of the test has.</summary>
    public static IReadOnlyList<HostBehaviour> All { get; } =
    [
        new("kv: set, get", new("kv.set", """{"key":"mine:a","value":{"a":[1,2.5,"ü \"<&>\" 😀"],"b":null}}""", "true"), new("kv.get", """{"key":"mine:a"}""", """{"a":[1,2.5,"ü \"<&>\" 😀"],"b":null}""")),
        new("kv: nothing there", new HostStep("kv.get", """{"key":"mine:none"}""", "null")),
        new("kv: outside the scope", new("kv.get", """{"key":"other:a"}""", Code: ErrorCodes.PermissionDenied), new("kv.set", """{"key":"other:a","value":1}""", Code: ErrorCodes.PermissionDenied)),
        new("kv: access not granted", new HostStep("kv.delete", """{"key":"mine:a"}""", Code: ErrorCodes.PermissionDenied)),
        new("cache: set, get", new("cache.set", """{"key":"mine:c","value":[1,"two"],"ttl":60}""", """{"ok":true}"""), new("cache.get", """{"key":"mine:c"}""", """{"value":[1,"two"],"found":true}""")),
        new("files: granted", new HostStep("files.read", """{"path":"@granted/in.txt"}""", "\"inside\"")),
        new("files: not granted", new HostStep("files.read", """{"path":"@other/out.txt"}""", Code: ErrorCodes.PermissionDenied)),
        new("files: out by ..", new HostStep("files.read", """{"path":"@granted/../other/out.txt"}""", Code: ErrorCodes.InvalidArgument)),
        new("files: write not granted", new HostStep("files.write", """{"path":"@granted/new.txt","content":"x"}""", Code: ErrorCodes.PermissionDenied)),
        new("db: granted table", new HostStep("db.query", """{"query":"SELECT id, title FROM tickets WHERE id < ? ORDER BY id","args":[3]}""", """[{"id":1,"title":"first"},{"id":2,"title":"second"}]""")),
        new("db: other table", new HostStep("db.query", """{"query":"SELECT secret FROM salaries"}""", Code: ErrorCodes.PermissionDenied)),
        new("db: write not granted", new HostStep("db.exec", """{"query":"DELETE FROM tickets"}""", Code: ErrorCodes.PermissionDenied)),
        new("config: granted", new HostStep("config.get", """{"key":"App:Title"}""", """{"value":"A desk"}""")),
        new("config: credential", new HostStep("config.get", """{"key":"App:Password"}""", Code: ErrorCodes.PermissionDenied)),
        new("http: secret", new HostStep("http.request", """{"url":"@server/","headers":{"authorization":{"secret":"api_key","format":"Bearer {}"}}}""", "*Bearer [secret]*")),
        new("http: other host", new HostStep("http.request", """{"url":"http://127.0.0.1:1/"}""", Code: ErrorCodes.PermissionDenied)),
        new("translate", new HostStep("translate", """{"key":"no.such.text"}""", """{"value":"no.such.text"}""")),
        new("unknown function", new HostStep("no.such", "{}", Code: ErrorCodes.UnknownHostFunction)),
        new("argument missing", new HostStep("kv.get", "{}", Code: ErrorCodes.InvalidArgument)),
        new("argument unknown", new HostStep("kv.get", """{"key":"mine:a","more":1}""", Code: ErrorCodes.InvalidArgument)),
        new("argument too long", new("kv.set", "{\"key\":\"mine:l\",\"value\":\"" + s_large + "\"}", Code: ErrorCodes.InvalidArgument), new("kv.set", "{\"key\":\"mine:l\",\"value\":\"" + s_large[..999_998] + "\"}", "true")),
        new("plugin: another", new HostStep("plugin.call", """{"plugin":"callee","function":"caller","args":{}}""", "\"@me\"")),
        new("plugin: forged caller", new HostStep("plugin.call", """{"plugin":"callee","function":"caller","args":{"_caller_plugin":"admin"}}""", "\"@me\"")),
        new("plugin: not there", new HostStep("plugin.call", """{"plugin":"callers","function":"caller"}""", Code: ServiceErrorCodes.PluginNotFound)),
        new("plugin: not exported", new HostStep("plugin.call", """{"plugin":"callee","function":"internal"}""", Code: ServiceErrorCodes.FunctionNotCallable)),
        new("plugin: denied there", new HostStep("plugin.call", """{"plugin":"callee","function":"denied"}""", Code: ErrorCodes.PermissionDenied)),
        new("plugin: out of scope", new HostStep("plugin.call", """{"plugin":"stranger","function":"run"}""", Code: ErrorCodes.PermissionDenied)),
    ];
}

/// <summary>One host call.</summary>
/// <param name="Function">Its canonical name.</param>
/// <param name="Arguments">JSON.</param>
/// <param name="Value">JSON that it answers; <c>*…*</c> for what the answer has somewhere. Null where it fails.</param>
/// <param name="Code">The code that the guest can catch; null where it answers.</param>
public sealed record HostStep(string Function, string Arguments, string? Value = null, string? Code = null);
