using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fogbank.Engines.Linux.Network;

/// <summary>Small files that are there whole or not at all.</summary>
internal static class RecordFile
{
    internal static void Write(string path, VpcRecord record) => Write(path, JsonSerializer.SerializeToUtf8Bytes(record, NetworkJson.Default.VpcRecord));

    internal static void Write(string path, MemberRecord record) => Write(path, JsonSerializer.SerializeToUtf8Bytes(record, NetworkJson.Default.MemberRecord));

    internal static VpcRecord? ReadVpc(string path) => File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), NetworkJson.Default.VpcRecord) : null;

    internal static MemberRecord? ReadMember(string path) => File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), NetworkJson.Default.MemberRecord) : null;

    private static void Write(string path, byte[] bytes)
    {
        var part = path + ".part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VpcRecord))]
[JsonSerializable(typeof(MemberRecord))]
internal sealed partial class NetworkJson : JsonSerializerContext;
