using Paddock.Sandbox.Container.HostImages;
using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.Tests;

/// <summary>Which base image an interpreter of the machine becomes where none is named.</summary>
public sealed class HostImageTests
{
    [Theory]
    [InlineData("python3.11", "python3.11")]
    [InlineData("python3.13", "python3.12")]
    [InlineData("node18", "node18")]
    [InlineData("node24", "node22")]
    public void ServingRuntime_OfAnInterpreter_IsItsOwnOrTheNewest(string found, string serving) =>
        Assert.Equal(serving, HostImageBuilder.ServingRuntime(found[0] == 'p' ? Language.Python : Language.Node, found));
}
