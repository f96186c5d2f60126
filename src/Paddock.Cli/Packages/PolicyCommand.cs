using System.CommandLine;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary><c>paddock policy</c>: what a package may do.</summary>
internal static class PolicyCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create() => new("policy", "What a package may do: show, explain, propose, set.") { Show(), Explain(), Propose(), Set() };

    private static Command Show()
    {
        var name = PackageCommands.Name();
        return HostCommand.Create("show", "Print the policy as JSON, for a file to change and set; the digest to review goes to standard error.", async (parsed, host, cancellationToken) =>
        {
            var policy = await host.PolicyAsync(parsed.GetRequiredValue(name), cancellationToken);
            await Console.Out.WriteLineAsync(Text(policy.Policy));
            await Console.Error.WriteLineAsync($"digest: {policy.Digest}");
            return ExitCode.Completed;
        }, name);
    }

    private static Command Explain()
    {
        var name = PackageCommands.Name();
        return HostCommand.Create("explain", "Say of each permission, capability and limit what was asked, what was granted, and why not all of it.", async (parsed, host, cancellationToken) =>
        {
            var policy = await host.PolicyAsync(parsed.GetRequiredValue(name), cancellationToken);
            await Console.Out.WriteLineAsync($"digest: {policy.Digest}");
            foreach (var line in policy.Lines)
            {
                await Console.Out.WriteLineAsync(Terminal.Clean($"{line.Kind} {line.Subject}: asks {line.Asked ?? "nothing"}; granted {line.Granted ?? "nothing"}; has {line.Effective ?? "nothing"}"));
                if (line.WhyNot is { } why) await Console.Out.WriteLineAsync(Terminal.Clean($"  {why.Code}: {why.Message} {why.Mend}".TrimEnd()));
            }

            return ExitCode.Completed;
        }, name);
    }

    private static Command Propose()
    {
        var name = PackageCommands.Name();
        return HostCommand.Create("propose", "Print the least policy that covers what the package used. Meant for after an observation.", async (parsed, host, cancellationToken) =>
        {
            await Console.Out.WriteLineAsync(Text(await host.ProposeAsync(parsed.GetRequiredValue(name), cancellationToken)));
            return ExitCode.Completed;
        }, name);
    }

    private static Command Set()
    {
        var name = PackageCommands.Name();
        var file = new Argument<FileInfo>("FILE") { Description = "The policy as JSON." };
        var digest = new Option<string>("--digest") { Description = "Digest of the version that you reviewed, as paddock policy explain prints it: another is not approved by mistake.", HelpName = "DIGEST", Required = true };
        return HostCommand.Create("set", "Set the policy of a package, and so approve, restrict or block it. In force at its next host call.", async (parsed, host, cancellationToken) =>
        {
            var policy = JsonArgument.Read(await File.ReadAllTextAsync(parsed.GetRequiredValue(file).FullName, cancellationToken), parsed.GetRequiredValue(file).Name);
            return await PackageCommands.ShowAsync(await host.SetPolicyAsync(parsed.GetRequiredValue(name), policy, parsed.GetRequiredValue(digest), cancellationToken));
        }, name, file, digest);
    }

    private static string Text(JsonElement json) => JsonSerializer.Serialize(json, Indented);
}
