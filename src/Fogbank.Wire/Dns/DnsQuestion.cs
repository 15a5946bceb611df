namespace Fogbank.Wire.Dns;

/// <summary>What somebody wants to know.</summary>
/// <param name="Name">In lower case, without a dot at its end.</param>
/// <param name="Type">Kind of record.</param>
/// <param name="Class">1 is the Internet.</param>
/// <param name="End">Where the question ends in its message.</param>
internal readonly record struct DnsQuestion(string Name, int Type, int Class, int End);
