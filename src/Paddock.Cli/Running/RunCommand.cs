using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary>The syntax of <c>paddock run</c>.</summary>
internal static class RunCommand
{
    private const long Least = 4L << 20;
    private const long Most = 4L << 30;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly Argument<string> Target = new("PATH") { Description = "A JavaScript file (CommonJS or ES module), a Python file, or a package: its directory, its zip, a single .wasm." };

    private static readonly Option<string> Input = new("--input") { Description = "Input of the call as JSON.", HelpName = "JSON", DefaultValueFactory = _ => "null" };

    private static readonly Option<string?> Function = new("--function") { Description = "The export to call; without it the module's own export or its default, in Python run.", HelpName = "NAME" };

    private static readonly Option<string[]> Allow = new("--allow")
    {
        Description = "Grant an effect, where a package asks for it: files:read=DIR, files:read,write=DIR, kv:read,write. May be repeated.",
        HelpName = "PERMISSION",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string> Timeout = new("--timeout") { Description = "Time of the call, 200ms to 5m.", HelpName = "DURATION", DefaultValueFactory = _ => "30s" };

    private static readonly Option<string> Memory = new("--memory") { Description = "Memory of the plugin, engine or interpreter included, 4MiB to 4GiB; 256MiB for what is no JavaScript file.", HelpName = "SIZE", DefaultValueFactory = _ => "64MiB" };

    private static readonly Option<bool> UntrustedInProcess = new("--untrusted-in-process") { Description = "Run a JavaScript or WebAssembly package in this process instead of a jailed worker." };

    private static readonly Option<string?> Engine = new("--engine") { Description = "Socket of the container engine for packages that run in containers; the first of the usual ones unless told.", HelpName = "SOCKET" };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the whole outcome as JSON: status, result, error, logs, duration." };

    public static Command Create()
    {
        var command = new Command("run", "Run a file or a package in its sandbox. The result goes to standard output, logs to standard error.")
        {
            Target, Input, Function, Allow, Timeout, Memory, UntrustedInProcess, Engine, Json,
        };
        Check(Target, Problem);
        Check(Input, text => IsJson(text) ? null : "--input is no JSON. A text needs quotes of its own: --input '\"text\"'.");
        Check(Allow, texts => Problems(texts.Select(t => PermissionArgument.TryParse(t, out _, out string? problem) ? null : problem)));
        Check(Timeout, text => Duration.TryParse(text, out var time, out string? problem) && (time < Shortest || time > Longest) ? "--timeout is from 200ms to 5m." : problem);
        Check(Memory, text => ByteSize.TryParse(text, out long bytes, out string? problem) && bytes is < Least or > Most ? "--memory is from 4MiB to 4GiB." : problem);
        command.SetAction((parsed, cancellationToken) => RunHost.ExecuteAsync(Options(parsed), cancellationToken));
        return command;
    }

    private static RunOptions Options(ParseResult parsed)
    {
        _ = Duration.TryParse(parsed.GetRequiredValue(Timeout), out var timeout, out _);
        _ = ByteSize.TryParse(parsed.GetRequiredValue(Memory), out long memory, out _);
        var allowed = parsed.GetRequiredValue(Allow).Select(t => PermissionArgument.TryParse(t, out var permission, out _) ? permission : null).OfType<Permission>();
        return new RunOptions(
            Path.GetFullPath(parsed.GetRequiredValue(Target)),
            parsed.GetValue(Function),
            Encoding.UTF8.GetBytes(parsed.GetRequiredValue(Input)),
            [.. allowed],
            timeout,
            parsed.GetResult(Memory) is { Implicit: false } ? memory : null,
            parsed.GetValue(UntrustedInProcess),
            parsed.GetValue(Engine),
            parsed.GetValue(Json));
    }

    private static string? Problem(string path)
    {
        if (Directory.Exists(path)) return null;
        if (!File.Exists(path)) return $"'{path}' is not there.";
        return Path.GetExtension(path).ToUpperInvariant() is ".JS" or ".MJS" or ".CJS" or ".PY" or ".WASM" or ".ZIP"
            ? null
            : $"'{Path.GetFileName(path)}' is none of .js, .mjs, .cjs, .py, .wasm or .zip; anything else runs from a package's directory.";
    }

    private static void Check<T>(Option<T> option, Func<T, string?> problem) => option.Validators.Add(result => Report(result, result.GetValueOrDefault<T>(), problem));

    private static void Check<T>(Argument<T> argument, Func<T, string?> problem) => argument.Validators.Add(result => Report(result, result.GetValueOrDefault<T>(), problem));

    private static void Report<T>(SymbolResult result, T? value, Func<T, string?> problem)
    {
        if (value is not null && problem(value) is { } text) result.AddError(text);
    }

    private static string? Problems(IEnumerable<string?> problems)
    {
        string all = string.Join('\n', problems.OfType<string>());
        return all.Length == 0 ? null : all;
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
