namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>Where an answer may differ from the recordings, each with its reason.</summary>
internal static class ShapeExceptions
{
    private static readonly (string Operation, string Member, string Reason)[] All =
    [
        ("logs:PutLogEvents", "rejectedLogEventsInfo", "The only recording is of events that were too old; AWS documents the member for rejected events alone."),
    ];

    public static bool Admit(string api, string operation, string member) =>
        Array.Exists(All, exception => exception.Operation == $"{api}:{operation}" && exception.Member == member);
}
