using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Cli;

/// <summary>Runs a package, or one file that becomes one: installed, approved with what was allowed and no more, called and audited.</summary>
internal static class PackageRun
{
    public static async Task<int> RunAsync(IServiceProvider services, RunOptions options, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var packages = services.GetRequiredService<IPackageService>();
        var installed = await packages.InstallAsync(RunHost.User, Source(options, folder), cancellationToken);
        if (!installed.TryGetValue(out var outcome, out var refusal)) return await RefusedAsync(refusal, options);
        string name = outcome.Package.Name;
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = options.Allowed, Capabilities = ["*"], LimitCeiling = options.Limits, Stateful = true };
        var approved = await packages.SetPolicyAsync(RunHost.User, name, policy, outcome.Digest, cancellationToken);
        if (!approved.TryGetValue(out var package, out refusal)) return await RefusedAsync(refusal, options);
        await SayWhatIsMissingAsync(packages, name, cancellationToken);
        var call = new NamedCall { Function = options.Function ?? MainOf(package), Input = options.Input, Timeout = options.Timeout };
        var called = await services.GetRequiredService<IPluginCalls>().CallAsync(RunHost.User, name, call, cancellationToken);
        if (!called.TryGetValue(out var executed, out refusal)) return await RefusedAsync(refusal, options);
        var result = executed.Result;
        await RunOutput.WriteAsync(result, options.Json);
        if (result.Error?.Code is ErrorCodes.EntryPointNotFound && options.Function is null) await Console.Error.WriteLineAsync("paddock: name one of its functions with --function.");
        if (result.Error?.Code is ErrorCodes.HostError or ErrorCodes.SandboxUnavailable) await SayOfEngineAsync(options);
        return ExitCode.Of(result.Status);
    }

    private static PackageSource Source(RunOptions options, DirectoryInfo folder)
    {
        if (Directory.Exists(options.Path)) return PackageSource.FromDirectory(options.Path);
        return Path.GetExtension(options.Path).Equals(".py", StringComparison.OrdinalIgnoreCase) ? PackageSource.FromDirectory(Python(options, folder)) : PackageSource.FromFile(options.Path);
    }

    // Such a file asks for what it is allowed.
    private static string Python(RunOptions options, DirectoryInfo folder)
    {
        string source = folder.CreateSubdirectory("package").FullName;
        string name = new([.. Path.GetFileNameWithoutExtension(options.Path).ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').SkipWhile(c => !char.IsAsciiLetterOrDigit(c)).Take(50)]);
        var manifest = new
        {
            apiVersion = "paddock/v1",
            name = name.Length >= 3 ? name : "plugin",
            version = "1.0.0",
            runtime = "python",
            entry = "plugin.py",
            permissions = options.Allowed.Select(p => new { type = p.Type.ToString().ToLowerInvariant(), access = Words(p.Access), scope = p.Scope }),
        };
        File.WriteAllBytes(Path.Combine(source, "plugin.yaml"), JsonSerializer.SerializeToUtf8Bytes(manifest));
        File.Copy(options.Path, Path.Combine(source, manifest.entry));
        return source;
    }

    private static IEnumerable<string> Words(Access access) => ((Access[])[Access.Read, Access.Write]).Where(a => access.HasFlag(a)).Select(a => a.ToString().ToLowerInvariant());

    // What JavaScript calls its default others call run.
    private static string MainOf(PackageRecord package) => package.Active?.Manifest.EntryPoint ?? (package.Active?.Manifest.Runtime is PluginRuntime.JavaScript or PluginRuntime.Node ? "default" : "run");

    private static async Task SayWhatIsMissingAsync(IPackageService packages, string name, CancellationToken cancellationToken)
    {
        if (!(await packages.ExplainAsync(RunHost.User, name, cancellationToken)).TryGetValue(out var report, out _)) return;
        foreach (var line in report.Lines.Where(l => l.Kind == ExplainedKind.Permission))
        {
            if (line.WhyNot is { } why) await Console.Error.WriteLineAsync(Terminal.Clean($"paddock: {line.Subject}: {why.Message}{(why.Code == PolicyCodes.NotAsked ? "" : HowToAllow(line.Subject))}"));
        }
    }

    private static string HowToAllow(string permission) => permission switch
    {
        "kv" => " Allow it with --allow kv:read,write.",
        "files" => " Allow it with --allow files:read=DIR or files:read,write=DIR.",
        _ => " 'paddock run' cannot allow it; a host that has it can, by a policy.",
    };

    private static async Task<int> RefusedAsync(ServiceError refusal, RunOptions options)
    {
        int code = await RunOutput.RefusedAsync(refusal, options.Json);
        if (!refusal.Findings.Any(f => f.Code == ErrorCodes.SandboxUnavailable)) return code;
        await SayOfEngineAsync(options);
        await Console.Error.WriteLineAsync("paddock: 'paddock doctor' says what this machine lacks for processes; --engine names the socket of a container engine.");
        return code;
    }

    private static async Task SayOfEngineAsync(RunOptions options)
    {
        foreach (string said in options.EngineSaid.Distinct()) await Console.Error.WriteLineAsync(Terminal.Clean($"paddock: the container engine: {said}"));
    }
}
