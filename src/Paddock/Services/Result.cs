using System.Diagnostics.CodeAnalysis;

namespace Paddock;

/// <summary>What came of a use case: a value, or the reason why there is none. Expected refusals are results; only misuse by the host and failures of the machine throw.</summary>
/// <typeparam name="T">What there is when it went well.</typeparam>
public readonly struct Result<T>
{
    private readonly T? _value;

    internal Result(T? value, ServiceError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>Why there is no value; null when there is one.</summary>
    public ServiceError? Error { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is an error instead.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"There is no value: {Error.Code}.");

    /// <summary>Whether there is a value; the error otherwise.</summary>
    public bool TryGetValue([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out ServiceError? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }

    /// <summary>A result with a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A result with an error.</summary>
    public static implicit operator Result<T>(ServiceError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new(default, error);
    }
}

/// <summary>Makes results where no conversion applies (a value that is an interface).</summary>
public static class Result
{
    /// <summary>A result with a value.</summary>
    public static Result<T> Ok<T>(T value) => new(value, null);
}
