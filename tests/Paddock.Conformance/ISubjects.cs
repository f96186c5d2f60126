namespace Paddock.Conformance;

/// <summary>The runtimes of a project, each a column of the matrix.</summary>
public interface ISubjects
{
    /// <summary>All of them.</summary>
    static abstract IReadOnlyList<Subject> All { get; }
}
