using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Fogbank.Lambda;

namespace Fogbank.Runtimes.DotNet;

/// <summary>
/// Implements the interfaces of Amazon.Lambda.Core by their shape (<c>ILambdaContext</c>, <c>ILambdaLogger</c>,
/// <c>ICognitoIdentity</c>, <c>IClientContext</c>, <c>IClientApplication</c>), from whichever version of it the function carries.
/// </summary>
public class ContextProxy : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = static (method, _) => throw new NotImplementedException(method.Name);

    public static bool IsContext(Type type) => type.IsInterface && type.FullName == "Amazon.Lambda.Core.ILambdaContext";

    public static object Create(Type type, LambdaContext context) => Make(type, (method, _) => method.Name switch
    {
        "get_AwsRequestId" => context.AwsRequestId,
        "get_FunctionName" => context.FunctionName,
        "get_FunctionVersion" => context.FunctionVersion,
        "get_InvokedFunctionArn" => context.InvokedFunctionArn,
        "get_LogGroupName" => context.LogGroupName,
        "get_LogStreamName" => context.LogStreamName,
        "get_MemoryLimitInMB" => context.MemoryLimitInMB,
        "get_RemainingTime" => context.RemainingTime,
        "get_TraceId" => context.TraceId,
        "get_TenantId" => context.TenantId,
        "get_Logger" => Make(method.ReturnType, Log),
        "get_Identity" => context.CognitoIdentityJson is { } json ? Make(method.ReturnType, Members(json)) : null,
        "get_ClientContext" => context.ClientContextJson is { } json ? Make(method.ReturnType, Members(json)) : null,
        _ => Missing(method),
    });

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);

    private static object Make(Type type, Func<MethodInfo, object?[], object?> answer)
    {
        var proxy = Create(type, typeof(ContextProxy));
        ((ContextProxy)proxy)._answer = answer;
        return proxy;
    }

    // Members that a newer Amazon.Lambda.Core adds have a default there; a proxy does not inherit it.
    private static object? Missing(MethodInfo method) =>
        method.ReturnType.IsValueType && method.ReturnType != typeof(void) ? Activator.CreateInstance(method.ReturnType) : null;

    private static object? Log(MethodInfo method, object?[] arguments)
    {
        var level = method.Name switch
        {
            "LogTrace" => "trce",
            "LogDebug" => "dbug",
            "LogWarning" => "warn",
            "LogError" => "fail",
            "LogCritical" => "crit",
            "Log" when arguments.Length > 1 => Level(arguments[0]),
            _ => "info",
        };
        var rest = method.Name == "Log" && arguments.Length > 1 ? arguments[1..] : arguments;
        var error = rest.OfType<Exception>().FirstOrDefault();
        var message = rest.OfType<string>().FirstOrDefault() ?? "";
        if (rest.LastOrDefault() is object?[] { Length: > 0 } values)
        {
            message = Fill(message, values);
        }

        LogWriter.Installed?.Record(level, error is null ? message : $"{message}\n{error}");
        return null;
    }

    private static string Level(object? given) => given?.ToString()?.ToUpperInvariant() switch
    {
        "TRACE" => "trce",
        "DEBUG" => "dbug",
        "WARNING" => "warn",
        "ERROR" => "fail",
        "CRITICAL" => "crit",
        _ => "info",
    };

    /// <summary>Message templates: <c>{name}</c> takes the values in turn.</summary>
    private static string Fill(string template, object?[] values)
    {
        var text = new System.Text.StringBuilder();
        var next = 0;
        for (var at = 0; at < template.Length;)
        {
            var close = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (close < 0 || next >= values.Length)
            {
                text.Append(template[at++]);
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"{values[next++]}");
            at = close + 1;
        }

        return text.ToString();
    }

    private static Func<MethodInfo, object?[], object?> Members(string json)
    {
        var document = JsonDocument.Parse(json).RootElement;
        return (method, _) =>
        {
            // "get_AppVersionName" is "app_version_name" or "appVersionName", depending on the SDK that sent it.
            var wanted = method.Name[(method.Name.IndexOf('_', StringComparison.Ordinal) + 1)..];
            wanted = wanted switch { "Environment" => "env", "IdentityId" => "cognitoIdentityId", "IdentityPoolId" => "cognitoIdentityPoolId", _ => wanted };
            foreach (var member in document.EnumerateObject())
            {
                if (string.Equals(member.Name.Replace("_", "", StringComparison.Ordinal), wanted, StringComparison.OrdinalIgnoreCase))
                {
                    return Value(member.Value, method.ReturnType);
                }
            }

            return Missing(method);
        };
    }

    private static object? Value(JsonElement value, Type type) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object when typeof(IEnumerable).IsAssignableFrom(type)
            => value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ToString()),
        JsonValueKind.Object when type.IsInterface => Make(type, Members(value.GetRawText())),
        _ => value.ToString(),
    };
}
