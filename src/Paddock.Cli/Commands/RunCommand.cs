using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary>The syntax of <c>paddock run</c>.</summary>
internal static class RunCommand
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "A JavaScript file, CommonJS or ES module." };

    private static readonly Option<byte[]> Input = new("--input")
    {
        Description = "Input of the call as JSON.",
        HelpName = "JSON",
        CustomParser = ParseInput,
        DefaultValueFactory = _ => "null"u8.ToArray(),
    };

    private static readonly Option<string?> Function = new("--function") { Description = "The export to call; without it the module's own export or its default.", HelpName = "NAME" };

    private static readonly Option<Permission[]> Allow = new("--allow")
    {
        Description = "Grant an effect: files:read=DIR, files:read,write=DIR, kv:read,write. May be repeated.",
        HelpName = "PERMISSION",
        CustomParser = ParseAllowed,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<TimeSpan> Timeout = new("--timeout")
    {
        Description = "Time of the call, 200ms to 5m.",
        HelpName = "DURATION",
        CustomParser = ParseTimeout,
        DefaultValueFactory = _ => new Limits().Timeout,
    };

    private static readonly Option<long> Memory = new("--memory")
    {
        Description = "Memory of the plugin, engine included, 4MiB to 4GiB.",
        HelpName = "SIZE",
        CustomParser = ParseMemory,
        DefaultValueFactory = _ => new Limits().MemoryBytes,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the whole outcome as JSON: status, result, error, logs, duration." };

    public static Command Create()
    {
        var command = new Command("run", "Run one JavaScript file in the sandbox. The result goes to standard output, logs to standard error.")
        {
            File, Input, Function, Allow, Timeout, Memory, Json,
        };
        File.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo>() is { Exists: false } file) result.AddError($"'{file.Name}' is not there.");
        });
        command.SetAction((parsed, cancellationToken) => SingleRun.ExecuteAsync(
            new RunOptions(
                parsed.GetRequiredValue(File).FullName,
                parsed.GetValue(Function),
                parsed.GetRequiredValue(Input),
                parsed.GetRequiredValue(Allow),
                new Limits { Timeout = parsed.GetRequiredValue(Timeout), MemoryBytes = parsed.GetRequiredValue(Memory) },
                parsed.GetValue(Json)),
            cancellationToken));
        return command;
    }

    private static byte[] ParseInput(ArgumentResult result)
    {
        byte[] json = Encoding.UTF8.GetBytes(result.Tokens[0].Value);
        try
        {
            using var document = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            result.AddError("--input is no JSON. A text needs quotes of its own: --input '\"text\"'.");
        }

        return json;
    }

    private static Permission[] ParseAllowed(ArgumentResult result)
    {
        var permissions = new List<Permission>();
        foreach (var token in result.Tokens)
        {
            if (PermissionArgument.TryParse(token.Value, out var permission, out string? problem)) permissions.Add(permission);
            else result.AddError("--allow " + problem);
        }

        return [.. permissions];
    }

    private static TimeSpan ParseTimeout(ArgumentResult result)
    {
        if (!Duration.TryParse(result.Tokens[0].Value, out var duration, out string? problem)) result.AddError("--timeout " + problem);
        else if (duration < TimeSpan.FromMilliseconds(200) || duration > TimeSpan.FromMinutes(5)) result.AddError("--timeout is from 200ms to 5m.");
        return duration;
    }

    private static long ParseMemory(ArgumentResult result)
    {
        if (!ByteSize.TryParse(result.Tokens[0].Value, out long bytes, out string? problem)) result.AddError("--memory " + problem);
        else if (bytes is < 4L << 20 or > 4L << 30) result.AddError("--memory is from 4MiB to 4GiB.");
        return bytes;
    }
}
