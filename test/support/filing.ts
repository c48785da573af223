/** A complete anonymous report as `POST /api/v1/reports` takes it (design/API.md, "Reports"). */
export const filing = {
  channel: "mini_program",
  userId: "u",
  reportType: "假冒专利",
  infringer: "冀卡扣件",
  county: "献县",
  anonymous: true,
};
