using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;

namespace Fogbank.Wire.Xml;

/// <summary>What the XML protocols share in writing errors.</summary>
internal static class XmlErrors
{
    public static void ApplyHeaders(WireError error, IWireResponse response)
    {
        response.Status = error.Code.Status;
        foreach (var (name, value) in error.Headers)
        {
            response.Headers[name] = HeaderText.Safe(value);
        }
    }

    public static void WriteCodeAndMembers(XmlText xml, WireError error)
    {
        xml.Element("Code", error.Code.XmlCode);
        if (error.Message is not null)
        {
            xml.Element("Message", error.Message);
        }

        foreach (var (name, value) in error.Members)
        {
            xml.Element(name, value);
        }
    }
}
