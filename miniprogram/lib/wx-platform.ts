import type { Incoming, Platform } from "./platform";

const parsed = (body: unknown): unknown => {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};

/** WeChat itself. */
export function createWxPlatform(): Platform {
  return {
    send: ({ method, url, headers, body, withinMs }) =>
      new Promise<Incoming>((resolve, reject) => {
        wx.request({
          method,
          url,
          header: headers,
          // Written out here: left to WeChat, the body of a GET would become a query.
          ...(body === undefined ? {} : { data: JSON.stringify(body) }),
          dataType: "其他",
          timeout: withinMs,
          success: ({ statusCode, data }) => resolve({ status: statusCode, body: parsed(data) }),
          fail: reject,
        });
      }),
    upload: ({ url, headers, filePath, fields, withinMs, onProgress }) =>
      new Promise<Incoming>((resolve, reject) => {
        const task = wx.uploadFile({
          url,
          header: headers,
          filePath,
          name: "file",
          formData: fields,
          timeout: withinMs,
          success: ({ statusCode, data }) => resolve({ status: statusCode, body: parsed(data) }),
          fail: reject,
        });
        if (onProgress !== undefined) task.onProgressUpdate(({ progress }) => onProgress(progress));
      }),
    loginCode: () =>
      new Promise<string>((resolve, reject) => {
        wx.login({ success: ({ code }) => resolve(code), fail: reject });
      }),
    read: (key) => wx.getStorageSync(key) as unknown,
    write: (key, value) => wx.setStorageSync(key, value),
    erase: (key) => wx.removeStorageSync(key),
    now: () => Date.now(),
    newId: () =>
      new Promise<string>((resolve, reject) => {
        wx.getRandomValues({
          length: 16,
          success: ({ randomValues }) =>
            resolve(
              Array.from(new Uint8Array(randomValues), (byte) => `0${byte.toString(16)}`.slice(-2)).join(""),
            ),
          fail: reject,
        });
      }),
  };
}
