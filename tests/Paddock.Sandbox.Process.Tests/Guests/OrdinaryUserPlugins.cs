using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>The same host runs plugins of every runtime.</summary>
public sealed partial class OrdinaryUserTests
{
    [Fact]
    public async Task Call_UserWithGroupsOfItsOwn_RunsPlugins()
    {
        string join = string.Concat(_given.Select(group => $"echo $$ > {group}/cgroup.procs; "));
        using var host = HostChild.Start(typeof(OrdinaryUserTests), nameof(Child_RunsPluginsAsAnOrdinaryUser), "run", "/bin/sh", "-ec", join + Drop, "sh");
        foreach (string runtime in (string[])["Python", "Node", "Dotnet", "Command"]) Assert.Equal(runtime + " {\"a\":1}", await host.NextAsync());
    }

    /// <summary>The child: a host that is an ordinary user.</summary>
    [Fact(Skip = "run by another test, in a process of its own", SkipUnless = nameof(IsChild))]
    public async Task Child_RunsPluginsAsAnOrdinaryUser()
    {
        var processes = new ProcessFixture();
        foreach (var spec in (SandboxSpec[])[Plugins.Python("def run(**kwargs): return kwargs"), Plugins.Node("module.exports = (c) => c.input"), Plugins.Dotnet(), Plugins.Command("#!/bin/sh\nexec cat\n")])
        {
            var result = await processes.Run(spec, """{"a":1}""");
            HostChild.Say($"{spec.Runtime} {result.Error?.ToString() ?? Encoding.UTF8.GetString(result.Value.Span)}");
        }
    }
}
