using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>How an interface wraps what it answers: Gitu's has an envelope, the native one has none.</summary>
internal sealed record PermissionAnswers(
    Answer<PermissionResponse> Permission,
    Answer<IReadOnlyList<PermissionResponse>> Permissions,
    Answer<PermissionRequestResponse> Request,
    Answer<IReadOnlyList<PermissionRequestResponse>> Requests)
{
    public static PermissionAnswers Gitu { get; } = new(
        Answer<PermissionResponse>.Of(p => new GituPermissionAnswer(true, p)),
        Answer<IReadOnlyList<PermissionResponse>>.Of(p => new GituPermissionList(true, p)),
        Answer<PermissionRequestResponse>.Of(r => new GituRequestAnswer(true, r)),
        Answer<IReadOnlyList<PermissionRequestResponse>>.Of(r => new GituRequestList(true, r)));

    public static PermissionAnswers Native { get; } = new(
        Answer<PermissionResponse>.Of(p => p),
        Answer<IReadOnlyList<PermissionResponse>>.Of(p => new ListResponse<PermissionResponse>(p)),
        Answer<PermissionRequestResponse>.Of(r => r),
        Answer<IReadOnlyList<PermissionRequestResponse>>.Of(r => new ListResponse<PermissionRequestResponse>(r)));
}

/// <summary>One kind of answer: its type, for the OpenAPI document, and how it is made of a <typeparamref name="T"/>.</summary>
internal sealed record Answer<T>(Type Type, Func<T, object> Wrap)
{
    public static Answer<T> Of<TAnswer>(Func<T, TAnswer> wrap) where TAnswer : class => new(typeof(TAnswer), wrap);

    public IResult Ok(T value) => Wire.Ok(Wrap(value));
}
