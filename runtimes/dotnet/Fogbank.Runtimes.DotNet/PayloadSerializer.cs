using System.Reflection;
using System.Text.Json;
using Fogbank.Lambda;

namespace Fogbank.Runtimes.DotNet;

/// <summary>
/// Bytes to the handler's input and its result to bytes: by the serializer which the user's assembly names
/// (<c>[assembly: LambdaSerializer(typeof(…))]</c>, bound by shape), else by System.Text.Json.
/// </summary>
internal sealed class PayloadSerializer
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNameCaseInsensitive = true,
    };

    private readonly object? _custom;
    private readonly MethodInfo? _read;
    private readonly MethodInfo? _write;

    private PayloadSerializer(object? custom)
    {
        _custom = custom;
        _read = Method(custom, "Deserialize", 1);
        _write = Method(custom, "Serialize", 2);
    }

    /// <summary>The serializer of a method: its own attribute's before its assembly's.</summary>
    public static PayloadSerializer For(MethodInfo method)
    {
        var named = NamedBy(method.GetCustomAttributesData()) ?? NamedBy(method.Module.Assembly.GetCustomAttributesData());
        try
        {
            return new PayloadSerializer(named is null ? null : Activator.CreateInstance(named));
        }
        catch (TargetInvocationException error)
        {
            throw new LambdaRuntimeException("LambdaValidationException", $"Unable to create the serializer '{named}'.", error.InnerException);
        }
    }

    public object? Read(ReadOnlyMemory<byte> payload, Type type)
    {
        if (typeof(Stream).IsAssignableFrom(type))
        {
            return new MemoryStream(payload.ToArray(), writable: false);
        }

        try
        {
            if (_read is null)
            {
                return payload.IsEmpty ? null : JsonSerializer.Deserialize(payload.Span, type, s_json);
            }

            using var stream = new MemoryStream(payload.ToArray(), writable: false);
            return _read.MakeGenericMethod(type).Invoke(_custom, BindingFlags.DoNotWrapExceptions, null, [stream], null);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new LambdaRuntimeException("JsonSerializerException", $"Error converting the Lambda event JSON payload to type {type.FullName}: {error.Message}", error);
        }
    }

    public ReadOnlyMemory<byte> Write(object? result, Type type)
    {
        if (type == typeof(void))
        {
            return "null"u8.ToArray();
        }

        if (result is Stream stream)
        {
            using var copy = new MemoryStream();
            using (stream)
            {
                stream.CopyTo(copy);
            }

            return copy.ToArray();
        }

        if (_write is null)
        {
            return JsonSerializer.SerializeToUtf8Bytes(result, type, s_json);
        }

        using var output = new MemoryStream();
        _write.MakeGenericMethod(type).Invoke(_custom, BindingFlags.DoNotWrapExceptions, null, [result, output], null);
        return output.ToArray();
    }

    private static Type? NamedBy(IEnumerable<CustomAttributeData> attributes) => attributes
        .Where(attribute => attribute.AttributeType.FullName == "Amazon.Lambda.Core.LambdaSerializerAttribute")
        .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value as Type)
        .FirstOrDefault();

    private static MethodInfo? Method(object? custom, string name, int parameters) => custom?.GetType()
        .GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .FirstOrDefault(method => method.Name == name && method.IsGenericMethodDefinition && method.GetParameters().Length == parameters)
        ?? custom?.GetType().GetInterfaces()
            .Where(type => type.FullName == "Amazon.Lambda.Core.ILambdaSerializer")
            .Select(type => type.GetMethod(name))
            .FirstOrDefault();
}
