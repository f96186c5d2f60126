namespace Paddock.EndToEnd.Tests;

/// <summary>The short form of <c>./x soak</c>: all of it but the judgement on memory, which takes longer.</summary>
public sealed class SoakTests
{
    [Fact]
    public async Task Soak_UnderAttackUpgradesAndKills_LosesNothing() => (await Tool.RunAsync(Built.Bench, "soak", "--seconds", "20")).Expect(0);
}
