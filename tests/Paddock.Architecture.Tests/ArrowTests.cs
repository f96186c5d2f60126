using System.Reflection;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Architecture.Tests;

/// <summary>The types that prove a step was taken can be made by the step alone.</summary>
public sealed class ArrowTests
{
    public static TheoryData<Type> Proofs => [typeof(VerifiedPackage), typeof(Admission), typeof(Plugin)];

    [Theory]
    [MemberData(nameof(Proofs))]
    public void Proof_HasNoPublicWayToBeMade(Type proof)
    {
        Assert.Empty(proof.GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.True(proof.IsSealed);

        // A record's copy constructor and its with-expression would make an altered proof out of a true one.
        Assert.Null(proof.GetMethod("<Clone>$"));
    }
}
